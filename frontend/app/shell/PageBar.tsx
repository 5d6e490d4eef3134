import type { ReactNode } from 'react';
import { IconButton } from '../ui/IconButton';
import { useShell } from './context';
import styles from './PageBar.module.css';

interface PageBarProps {
  readonly title: string;
  /** Beside the title. */
  readonly badge?: ReactNode;
  /** At the end of the line. */
  readonly actions?: ReactNode;
  /** A second line. */
  readonly children?: ReactNode;
  readonly sticky?: boolean;
}

/** The top of a page: the way into the navigation on phones, the title, and what one can do here. */
export function PageBar({ title, badge, actions, children, sticky = false }: PageBarProps) {
  const { openNavigation } = useShell();
  return (
    <header className={styles.root} data-sticky={sticky || undefined}>
      <div className={styles.line}>
        {openNavigation === null ? null : (
          <div className={styles.menu}>
            <IconButton icon="menu" label="Open the navigation" onClick={openNavigation} />
          </div>
        )}
        <h1 className={styles.title}>{title}</h1>
        {badge}
        <div className={styles.actions}>{actions}</div>
      </div>
      {children}
    </header>
  );
}
