import { Link } from 'wouter';
import type { DashboardSummary } from '../../core/types';
import styles from './DashboardsPage.module.css';

const plural = (count: number): string => (count === 1 ? '1 widget' : `${count} widgets`);

export function DashboardCard({ dashboard }: { readonly dashboard: DashboardSummary }) {
  const { id, title, description, tags, widgets } = dashboard;
  return (
    <li className={styles.card}>
      <h2 className={styles.title}>
        <Link href={`/dashboards/${encodeURIComponent(id)}`} className={styles.link}>
          {title}
        </Link>
      </h2>
      {description ? <p className={styles.description}>{description}</p> : null}
      <p className={styles.meta}>
        <span>{plural(widgets)}</span>
        {(tags ?? []).map((tag) => (
          <span key={tag} className={styles.chip}>
            {tag}
          </span>
        ))}
      </p>
    </li>
  );
}
