import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { dashboardsQuery } from '../api/dashboards';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';
import { Initials } from '../ui/Initials';
import { Logo } from '../ui/Logo';
import { AccountMenu } from './AccountMenu';
import styles from './Navigation.module.css';
import { ThemeMenu } from './ThemeMenu';

interface NavigationProps {
  readonly folded: boolean;
  readonly onFold?: () => void;
  readonly onHelp: () => void;
}

function DashboardLinks({ folded }: { readonly folded: boolean }) {
  const [path] = useLocation();
  const dashboards = useQuery(dashboardsQuery);
  return (dashboards.data ?? []).map(({ id, title }) => {
    const href = `/dashboards/${encodeURIComponent(id)}`;
    return (
      <li key={id}>
        <Link
          href={href}
          className={styles.link}
          title={folded ? title : undefined}
          aria-current={path === href ? 'page' : undefined}
        >
          <Initials title={title} />
          <span className={folded ? 'nb-hidden' : styles.label}>{title}</span>
        </Link>
      </li>
    );
  });
}

/** The slim bar at the side: all dashboards, each dashboard, theme, help, account. */
export function Navigation({ folded, onFold, onHelp }: NavigationProps) {
  const [path] = useLocation();
  const home = path === '/' || path === '/dashboards';
  return (
    <nav className={styles.root} aria-label="Main" data-folded={folded || undefined}>
      <div className={styles.head}>
        <Link href="/" className={styles.brand} aria-label="Nowboard, all dashboards">
          <Logo size={26} />
          {folded ? null : <span>Nowboard</span>}
        </Link>
      </div>
      <ul className={styles.list}>
        <li>
          <Link
            href="/"
            className={styles.link}
            title={folded ? 'All dashboards' : undefined}
            aria-current={home ? 'page' : undefined}
          >
            <span className={styles.icon}>
              <Icon name="dashboards" />
            </span>
            <span className={folded ? 'nb-hidden' : styles.label}>All dashboards</span>
          </Link>
        </li>
        <li>
          <Link
            href="/queries"
            className={styles.link}
            title={folded ? 'Saved queries' : undefined}
            aria-current={path === '/queries' ? 'page' : undefined}
          >
            <span className={styles.icon}>
              <Icon name="table" />
            </span>
            <span className={folded ? 'nb-hidden' : styles.label}>Saved queries</span>
          </Link>
        </li>
        <li className={styles.rule} aria-hidden="true" />
        <DashboardLinks folded={folded} />
      </ul>
      <div className={styles.foot}>
        <ThemeMenu />
        <span className={styles.keys}>
          <IconButton icon="keyboard" label="Keyboard shortcuts" shortcut="?" onClick={onHelp} />
        </span>
        <AccountMenu />
        {onFold ? (
          <IconButton
            icon={folded ? 'unfold' : 'fold'}
            label={folded ? 'Unfold the navigation' : 'Fold the navigation'}
            shortcut="["
            onClick={onFold}
          />
        ) : null}
      </div>
    </nav>
  );
}
