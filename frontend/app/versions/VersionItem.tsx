import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Version } from '../api/versions';
import { Mark } from '../ui/Mark';
import { instant } from '../ui/when';
import { Changes } from './Changes';
import { Sketch } from './Sketch';
import styles from './Versions.module.css';

interface VersionItemProps {
  readonly id: string;
  readonly version: Version;
  /** The published one. */
  readonly current: number | null;
  readonly titles: ReadonlyMap<string, string>;
  readonly who: string;
  readonly restoring: boolean;
  readonly onRestore: (() => void) | null;
}

type Shown = 'changes' | 'sketch' | null;

/** One published version: when, by whom, why, and what it would bring back. */
export function VersionItem({ id, version, current, titles, who, restoring, onRestore }: VersionItemProps) {
  const [shown, setShown] = useState<Shown>(null);
  const { number, note, created_at, restores } = version;
  const toggle = (next: Shown): void => setShown(shown === next ? null : next);
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <h3>Version {number}</h3>
        {version.current ? <Mark tone="good">Published</Mark> : null}
        <span className={styles.quiet}>
          {instant(created_at)}, {who}
        </span>
      </div>
      {note ? <p className={styles.note}>{note}</p> : null}
      {restores === null ? null : <p className={styles.quiet}>Brought back version {restores}</p>}
      <div className={styles.buttons}>
        {version.current || current === null ? null : (
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={shown === 'changes'}
            onClick={() => toggle('changes')}
          >
            Compare with the published one
          </Button>
        )}
        <Button size="compact-sm" variant="default" aria-expanded={shown === 'sketch'} onClick={() => toggle('sketch')}>
          Preview
        </Button>
        {version.current || onRestore === null ? null : (
          <Button size="compact-sm" variant="default" loading={restoring} onClick={onRestore}>
            Bring back
          </Button>
        )}
      </div>
      {shown === 'changes' && current !== null ? (
        <Changes id={id} before={current} after={number} titles={titles} />
      ) : null}
      {shown === 'sketch' ? <Sketch id={id} version={number} /> : null}
    </li>
  );
}
