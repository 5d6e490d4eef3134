import { useMemo, useState } from 'react';
import { Router } from 'wouter';
import { LiveProvider } from '../../react/index';
import { API_BASE, authorizeWith } from '../api/client';
import { ShellContext } from '../shell/context';
import { sharedLive } from './live';
import { SharedDashboard } from './SharedDashboard';
import { ShareIncomplete } from './ShareOver';
import { readSecret } from './secret';
import { useSharedLocation } from './useSharedLocation';

interface SharePageProps {
  readonly embedded?: boolean;
}

/** A shared dashboard without navigation, for who has the secret in the address. */
export function SharePage({ embedded = false }: SharePageProps) {
  const [announcement, announce] = useState('');
  const [secret] = useState(() => {
    const found = readSecret(window.location.hash);
    authorizeWith(found);
    return found;
  });
  const shell = useMemo(() => ({ openNavigation: null, announce }), []);
  const live = useMemo(() => (secret === null ? null : sharedLive(secret)), [secret]);
  return (
    <ShellContext value={shell}>
      <main id="main" tabIndex={-1}>
        {live === null ? (
          <ShareIncomplete />
        ) : (
          <Router hook={useSharedLocation}>
            <LiveProvider base={API_BASE} options={live}>
              <SharedDashboard embedded={embedded} />
            </LiveProvider>
          </Router>
        )}
      </main>
      <output className="nb-hidden" aria-live="polite">
        {announcement}
      </output>
    </ShellContext>
  );
}
