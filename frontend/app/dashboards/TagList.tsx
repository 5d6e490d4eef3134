import styles from './DashboardsPage.module.css';

interface TagListProps {
  readonly tags: readonly string[];
  readonly chosen: string | null;
  readonly onChoose: (tag: string | null) => void;
}

/** One tag at a time; choosing it again lifts it. */
export function TagList({ tags, chosen, onChoose }: TagListProps) {
  if (tags.length === 0) return null;
  return (
    <fieldset className={styles.tags}>
      <legend className="nb-hidden">Tags</legend>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className={styles.tag}
          aria-pressed={tag === chosen}
          onClick={() => onChoose(tag === chosen ? null : tag)}
        >
          {tag}
        </button>
      ))}
    </fieldset>
  );
}
