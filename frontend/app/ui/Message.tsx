import type { ReactNode } from 'react';
import { Icon } from './Icon';
import type { IconName } from './icons';
import styles from './Message.module.css';

interface MessageProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly tone?: 'neutral' | 'bad';
  /** Small: inside a card. Large: a whole page. */
  readonly size?: 'small' | 'large';
  /** Read out when it appears. */
  readonly alert?: boolean;
}

/** Says in words why there is nothing else to see, and what to do about it. */
export function Message({ icon, title, children, action, tone = 'neutral', size = 'small', alert }: MessageProps) {
  return (
    <div className={styles.root} data-size={size} data-tone={tone} role={alert ? 'alert' : undefined}>
      <span className={styles.icon}>
        <Icon name={icon} size={size === 'large' ? 24 : 18} />
      </span>
      {size === 'large' ? <h1 className={styles.title}>{title}</h1> : <p className={styles.title}>{title}</p>}
      {children ? <div className={styles.text}>{children}</div> : null}
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
