import { Button } from '@mantine/core';
import { useState } from 'react';
import { Expiry, expiresAt } from '../ui/Expiry';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
import { Secret } from '../ui/Secret';
import { date } from '../ui/when';
import styles from './Sharing.module.css';
import { useShares } from './useShares';

interface LinkSharesProps {
  readonly dashboard: string;
  /** A link shows the published version, so there has to be one. */
  readonly published: boolean;
}

/** Links that show the dashboard to whoever has them. */
export function LinkShares({ dashboard, published }: LinkSharesProps) {
  const { shares, creating, ending } = useShares(dashboard);
  const [days, setDays] = useState('30');
  const links = (shares.data ?? []).filter(({ kind }) => kind === 'link');
  const path = creating.data?.path;
  return (
    <section className={styles.part} aria-label="Links">
      <h3>Links</h3>
      <p className={styles.quiet}>
        {published
          ? 'Whoever has the link sees the published version with your rows, without signing in.'
          : 'Publish the dashboard first: a link shows the published version.'}
      </p>
      {links.length > 0 ? (
        <ul className={styles.list}>
          {links.map(({ id, created_at, expires_at }) => (
            <li key={id} className={styles.share}>
              <span>
                Link of {date(created_at)}, {expires_at === undefined ? 'without an end' : `until ${date(expires_at)}`}
              </span>
              <Button size="compact-sm" variant="default" onClick={() => ending.mutate(id)}>
                End
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {path ? (
        <Secret label="The link" value={`${window.location.origin}${path}`} note="Shown this once. Copy it now." />
      ) : null}
      <Problem error={creating.error ?? ending.error} />
      {published ? (
        <div className={forms.row}>
          <Expiry value={days} onChange={setDays} />
          <Button
            variant="default"
            loading={creating.isPending}
            onClick={() => creating.mutate({ kind: 'link', ...expiresAt(days) })}
          >
            Make a link
          </Button>
        </div>
      ) : null}
    </section>
  );
}
