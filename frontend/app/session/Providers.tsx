import { Button } from '@mantine/core';
import { API_BASE } from '../api/client';
import type { SignInMethods } from '../api/sessions';
import styles from './SignInPage.module.css';

const hrefOf = (id: string): string => {
  const { pathname, search } = window.location;
  const next = pathname === '/sign-in' ? '/' : `${pathname}${search}`;
  return `${API_BASE}/sessions/oidc/${encodeURIComponent(id)}?${new URLSearchParams({ next })}`;
};

/** One button for each provider that people here have accounts with. */
export function Providers({ providers }: Pick<SignInMethods, 'providers'>) {
  if (providers.length === 0) return null;
  return (
    <div className={styles.providers}>
      {providers.map(({ id, name }) => (
        <Button key={id} component="a" href={hrefOf(id)} variant="default" size="md" fullWidth>
          Continue with {name}
        </Button>
      ))}
    </div>
  );
}
