import styles from './Initials.module.css';

const initials = (title: string): string =>
  title
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');

/** The letters that stand for a dashboard where its name has no room, and beside it elsewhere. */
export function Initials({ title }: { readonly title: string }) {
  return (
    <span className={styles.root} data-initials aria-hidden="true">
      {initials(title)}
    </span>
  );
}
