import styles from './Form.module.css';
import { Icon } from './Icon';

/** What went wrong with what was just asked for, in words; nothing while all is well. */
export function Problem({ error, text }: { readonly error: Error | null; readonly text?: string | null }) {
  if (error === null) return null;
  return (
    <p className={styles.problem} role="alert">
      <Icon name="warning" size={16} />
      <span>{text ?? error.message}</span>
    </p>
  );
}
