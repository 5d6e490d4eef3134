import { Tooltip } from '@mantine/core';
import { useScene } from '../dashboard/context';
import { Icon } from '../ui/Icon';
import { useNow } from '../ui/useNow';
import styles from './CardMarks.module.css';
import type { WidgetState } from './state';

function Age({ asOf }: { readonly asOf: number }) {
  const { formats } = useScene();
  const now = useNow(1000);
  return <span className="nb-number">{formats.age(Math.max(0, now - asOf))} old</span>;
}

interface CardMarksProps {
  readonly state: WidgetState;
  readonly stale: boolean;
}

/** Small words in the head about the numbers below: how old, estimated, cut off. */
export function CardMarks({ state, stale }: CardMarksProps) {
  if (state.kind !== 'ready') return null;
  const { main } = state.frames;
  if (main === null) return null;
  const estimated = main.approximate.length > 0;
  return (
    <div className={styles.root}>
      {stale ? (
        <Tooltip label={state.fault?.message ?? 'Not connected: these are the last numbers received'}>
          <span className={styles.mark} data-tone="warn">
            {state.fault ? <Icon name="warning" size={12} /> : null}
            <Age asOf={main.asOf} />
          </span>
        </Tooltip>
      ) : null}
      {estimated ? (
        <Tooltip label={`Estimated: ${main.approximate.join(', ')}`}>
          <span className={styles.mark}>≈ estimate</span>
        </Tooltip>
      ) : null}
      {main.truncated ? (
        <Tooltip label="The result was larger than the server's cap; the rest is left out">
          <span className={styles.mark}>cut off</span>
        </Tooltip>
      ) : null}
    </div>
  );
}
