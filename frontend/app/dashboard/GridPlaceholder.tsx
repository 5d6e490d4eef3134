import styles from './Grid.module.css';

const SHAPE = ['kpi', 'kpi', 'kpi', 'kpi', 'wide', 'narrow', 'half', 'half'];

/** The usual shape of a dashboard while its document is on the way. */
export function GridPlaceholder() {
  return (
    <div className={styles.placeholder} role="status" aria-label="Loading the dashboard">
      {SHAPE.map((shape, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <div key={index} data-shape={shape} />
      ))}
    </div>
  );
}
