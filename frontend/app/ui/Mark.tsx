import type { ReactNode } from 'react';
import styles from './Form.module.css';

interface MarkProps {
  readonly tone?: 'neutral' | 'good' | 'warn' | 'bad';
  readonly children: ReactNode;
}

/** A word in a pill: the state of something in a list. */
export function Mark({ tone = 'neutral', children }: MarkProps) {
  return (
    <span className={styles.mark} data-tone={tone}>
      {children}
    </span>
  );
}
