import type { ReactNode } from 'react';
import { Logo } from '../ui/Logo';
import styles from './SignInPage.module.css';

interface AuthCardProps {
  readonly title: string;
  readonly lead?: string;
  readonly children: ReactNode;
}

/** The card in the middle of pages that come before the product. */
export function AuthCard({ title, lead, children }: AuthCardProps) {
  return (
    <main className={styles.root} id="main">
      <title>{`${title} · Nowboard`}</title>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo size={32} />
          <span>Nowboard</span>
        </div>
        <div>
          <h1 className={styles.title}>{title}</h1>
          {lead ? <p className={styles.lead}>{lead}</p> : null}
        </div>
        {children}
      </div>
    </main>
  );
}
