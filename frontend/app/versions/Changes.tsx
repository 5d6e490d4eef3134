import { useQuery } from '@tanstack/react-query';
import { diffQuery } from '../api/versions';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import styles from './Versions.module.css';
import { changeWords } from './words';

interface ChangesProps {
  readonly id: string;
  readonly before: number;
  readonly after: number | 'draft';
  /** What widgets are called. */
  readonly titles: ReadonlyMap<string, string>;
}

/** The differences of two versions as a list. */
export function Changes({ id, before, after, titles }: ChangesProps) {
  const diff = useQuery({ ...diffQuery(id, before, after), staleTime: 0 });
  if (diff.isPending) return <TablePlaceholder rows={2} />;
  if (diff.isError) return <Problem error={diff.error} />;
  const lines = changeWords(diff.data, titles);
  if (lines.length === 0) return <p className={styles.quiet}>Nothing differs.</p>;
  return (
    <ul className={styles.changes}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
