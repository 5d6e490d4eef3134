import { Link } from 'wouter';
import type { DashboardSummary } from '../../core/types';
import { Initials } from '../ui/Initials';
import styles from './DashboardsPage.module.css';

const plural = (count: number): string => (count === 1 ? '1 widget' : `${count} widgets`);

interface DashboardCardProps {
  readonly dashboard: DashboardSummary;
  /** How long ago it was changed, in words. */
  readonly changed: string;
}

/** A dashboard in the list; all of the card is its link. */
export function DashboardCard({ dashboard, changed }: DashboardCardProps) {
  const { id, title, description, tags, widgets } = dashboard;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <Initials title={title} />
        <h2 className={styles.title}>
          <Link href={`/dashboards/${encodeURIComponent(id)}`} className={styles.link}>
            {title}
          </Link>
        </h2>
      </div>
      {description ? <p className={styles.description}>{description}</p> : null}
      <p className={styles.meta}>
        <span className={styles.chips}>
          {(tags ?? []).map((tag) => (
            <span key={tag} className={styles.chip}>
              {tag}
            </span>
          ))}
        </span>
        <span className="nb-number">
          {plural(widgets)} · {changed}
        </span>
      </p>
    </li>
  );
}
