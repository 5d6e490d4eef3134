import type { WidgetKind } from '../../core/types';
import styles from './WidgetSkeleton.module.css';

const BARS = [38, 62, 54, 78, 70, 92, 66, 48, 58, 82, 74, 44];
const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const ENTRIES = ROWS.slice(0, 3);

function shape(kind: WidgetKind) {
  switch (kind) {
    case 'kpi':
      return (
        <div className={styles.kpi}>
          <span />
          <span />
        </div>
      );
    case 'table':
      return (
        <div className={styles.table}>
          {ROWS.map((row) => (
            <div key={row}>
              <span />
              <span />
              <span />
            </div>
          ))}
        </div>
      );
    case 'progress':
    case 'status':
    case 'alerts':
    case 'text':
      return (
        <div className={styles.rows}>
          {ENTRIES.map((row) => (
            <span key={row} />
          ))}
        </div>
      );
    case 'line':
    case 'area':
    case 'scatter':
      return <div className={styles.wave} />;
    case 'sparkline':
      return (
        <div className={styles.kpi}>
          <span />
        </div>
      );
    case 'pie':
    case 'gauge':
      return <div className={styles.round} data-kind={kind} />;
    case 'map':
    case 'heatmap':
    case 'treemap':
    case 'cohort':
      return <div className={styles.plane} />;
    default:
      return (
        <div className={styles.bars}>
          {BARS.map((height) => (
            <span key={height} style={{ height: `${height}%` }} />
          ))}
        </div>
      );
  }
}

/** A hint of the final shape while the first numbers are on the way. */
export function WidgetSkeleton({ kind }: { readonly kind: WidgetKind }) {
  return (
    <div className={styles.root} role="status" aria-label="Loading">
      {shape(kind)}
    </div>
  );
}
