import { Link } from 'wouter';
import type { DashboardSummary } from '../../core/types';
import { Initials } from '../ui/Initials';
import { Mark } from '../ui/Mark';
import { CardMenu } from './CardMenu';
import styles from './DashboardsPage.module.css';

const plural = (count: number): string => (count === 1 ? '1 widget' : `${count} widgets`);

interface DashboardCardProps {
  readonly dashboard: DashboardSummary;
  /** How long ago it was changed, in words. */
  readonly changed: string;
  /** Whose it is, in words; empty where it goes without saying. */
  readonly owner: string;
}

/** A dashboard in the list; all of the card is its link. */
export function DashboardCard({ dashboard, changed, owner }: DashboardCardProps) {
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
        <CardMenu dashboard={dashboard} />
      </div>
      {description ? <p className={styles.description}>{description}</p> : null}
      <p className={styles.meta}>
        <span className={styles.chips}>
          {dashboard.published === null ? <Mark tone="warn">Draft</Mark> : null}
          {dashboard.published != null && dashboard.draft ? <Mark tone="warn">Unpublished changes</Mark> : null}
          {dashboard.visibility === 'private' ? <Mark>Private</Mark> : null}
          {(tags ?? []).map((tag) => (
            <span key={tag} className={styles.chip}>
              {tag}
            </span>
          ))}
        </span>
        <span className="nb-number">{[plural(widgets), owner, changed].filter((each) => each !== '').join(' · ')}</span>
      </p>
    </li>
  );
}
