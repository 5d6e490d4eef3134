import { type ProgressBar, progressModel } from '../../charts/index';
import type { Widget } from '../../core/types';
import styles from './ProgressWidget.module.css';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';

interface ProgressWidgetProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
}

const ANY_SIZE = { width: 400, height: 300 };

function Bar({ bar }: { readonly bar: ProgressBar }) {
  return (
    <li className={styles.row} data-tone={bar.tone}>
      <div className={styles.line}>
        <span className={styles.label} title={bar.label}>
          {bar.label}
        </span>
        {bar.word ? <span className={styles.word}>{bar.word}</span> : null}
        <span className={`${styles.value} nb-number`} title={bar.exact}>
          {bar.value}
          {bar.target ? <span className={styles.target}> of {bar.target}</span> : null}
        </span>
      </div>
      <div className={styles.track}>
        <div className={styles.fill} style={{ width: `${bar.share * 100}%` }} />
        {bar.mark === null || bar.mark >= 1 ? null : (
          <div className={styles.mark} style={{ left: `${bar.mark * 100}%` }} />
        )}
      </div>
    </li>
  );
}

/** A bar per row, towards a target or below a ceiling. */
export function ProgressWidget({ widget, frames }: ProgressWidgetProps) {
  const bars = progressModel(widget, frames, useChartContext(frames, ANY_SIZE));
  if (bars === null) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <ul className={styles.root} tabIndex={0} aria-label={widget.title || 'Progress'}>
      {bars.map((bar) => (
        <Bar key={bar.key} bar={bar} />
      ))}
    </ul>
  );
}
