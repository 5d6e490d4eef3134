import { type ReactNode, useId } from 'react';
import styles from './Panel.module.css';

interface PanelProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** At the end of the head. */
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

/** A card with a heading: one subject of a page of settings. */
export function Panel({ title, lead, action, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.root} aria-labelledby={id}>
      <div className={styles.head}>
        <div>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {lead ? <p className={styles.lead}>{lead}</p> : null}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** The column of panels under a page's bar. */
export function Panels({ children, wide = false }: { readonly children: ReactNode; readonly wide?: boolean }) {
  return (
    <div className={styles.panels} data-wide={wide || undefined}>
      {children}
    </div>
  );
}
