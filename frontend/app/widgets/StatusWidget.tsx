import { type StatusLamp, statusModel } from '../../charts/index';
import type { Widget } from '../../core/types';
import { Icon } from '../ui/Icon';
import type { IconName } from '../ui/icons';
import styles from './StatusWidget.module.css';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';

interface StatusWidgetProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
}

const ANY_SIZE = { width: 400, height: 300 };

/** A shape per state, so that no state is told by colour alone. */
const SHAPES: Readonly<Record<StatusLamp['state'], IconName>> = {
  ok: 'circleCheck',
  warn: 'warning',
  bad: 'circleX',
  unknown: 'help',
};

/** A lamp with a word per row. */
export function StatusWidget({ widget, frames }: StatusWidgetProps) {
  const lamps = statusModel(widget, frames, useChartContext(frames, ANY_SIZE));
  if (lamps === null) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <ul className={styles.root} tabIndex={0} aria-label={widget.title || 'Status'}>
      {lamps.map(({ key, label, value, state, word }) => (
        <li key={key} className={styles.row} data-state={state}>
          <span className={styles.lamp}>
            <Icon name={SHAPES[state]} size={18} />
          </span>
          <span className={styles.label} title={label}>
            {label}
          </span>
          <span className={`${styles.value} nb-number`}>{value}</span>
          <span className={styles.word}>{word}</span>
        </li>
      ))}
    </ul>
  );
}
