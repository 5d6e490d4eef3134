import type { ReactNode } from 'react';
import styles from './SimpleTable.module.css';

export interface TableColumn<T> {
  readonly head: string;
  readonly cell: (item: T) => ReactNode;
  /** Takes what the others leave. */
  readonly wide?: boolean;
  /** Buttons at the end of the row; the head is only read out. */
  readonly actions?: boolean;
}

interface SimpleTableProps<T> {
  readonly label: string;
  readonly columns: readonly TableColumn<T>[];
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
}

/** A short list with columns; on phones each row becomes a block with its heads beside the values. */
export function SimpleTable<T>({ label, columns, items, keyOf }: SimpleTableProps<T>) {
  return (
    <div className={styles.scroller}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head, wide, actions }) => (
              <th key={head} scope="col" data-wide={wide || undefined} data-actions={actions || undefined}>
                {actions ? <span className="nb-hidden">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ head, cell, actions, wide }) => (
                <td
                  key={head}
                  data-wide={wide || undefined}
                  data-head={actions ? undefined : head}
                  data-actions={actions || undefined}
                >
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The place of a list that is on its way. */
export function TablePlaceholder({ rows = 3 }: { readonly rows?: number }) {
  return (
    <div className={styles.waiting} aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <span key={String(index)} />
      ))}
    </div>
  );
}
