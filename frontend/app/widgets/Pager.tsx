import { IconButton } from '../ui/IconButton';
import styles from './DataGrid.module.css';

interface PagerProps {
  readonly page: number;
  readonly last: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, last, size, total, onPage }: PagerProps) {
  return (
    <nav className={styles.pager} aria-label="Pages of the table">
      <span className="nb-number">
        {page * size + 1}–{Math.min(total, (page + 1) * size)} of {total}
      </span>
      <IconButton
        icon="previous"
        label="Previous page"
        size={26}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      />
      <IconButton
        icon="chevronRight"
        label="Next page"
        size={26}
        disabled={page === last}
        onClick={() => onPage(page + 1)}
      />
    </nav>
  );
}
