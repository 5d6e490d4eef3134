import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import type { TableRow } from '../../charts/index';
import styles from './DataGrid.module.css';
import { GridHeadCell } from './GridHeadCell';
import { GridRow } from './GridRow';
import {
  type ColumnFilters,
  columnWidths,
  filterRows,
  fitWidths,
  type GridHead,
  headWidth,
  nextSorting,
  type Sorting,
  sortRows,
} from './grid';
import { Pager } from './Pager';
import { useVisibleRows } from './useVisibleRows';

interface DataGridProps {
  readonly heads: readonly GridHead[];
  readonly rows: readonly TableRow[];
  readonly label: string;
  /** Keys of the rows that just changed; their changed cells flash. */
  readonly changed?: ReadonlySet<string>;
  /** What a click on a row does, or Enter on it; by the key of the row. */
  readonly onActivate?: ((key: TableRow['key']) => void) | undefined;
  /** Shows this many rows at a time; without it all rows scroll. */
  readonly pageSize?: number;
}

/** Pixels beside the title without which a filter that is always shown would cover it. */
const ROOM_FOR_FILTER = 22;
const NOTHING: ReadonlySet<string> = new Set();

/** A table with a head that stays, sorts and filters; long tables draw only the rows in view. */
export function DataGrid({ heads, rows, label, changed = NOTHING, pageSize, onActivate }: DataGridProps) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [filters, setFilters] = useState<ColumnFilters>({});
  const [page, setPage] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(
    () => sortRows(filterRows(rows, heads, filters), heads, sorting),
    [rows, heads, filters, sorting],
  );
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(sizeRef, scroller);
  const columns = useMemo(() => columnWidths(heads, rows), [heads, rows]);
  const widths = useMemo(() => fitWidths(columns, width), [columns, width]);
  const last = pageSize ? Math.max(0, Math.ceil(found.length / pageSize) - 1) : 0;
  const at = Math.min(page, last);
  const paged = pageSize ? found.slice(at * pageSize, (at + 1) * pageSize) : found;
  const { visible, before, after } = useVisibleRows(paged, scroller);

  return (
    <div className={styles.root}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling table must be reachable by keyboard */}
      <div ref={ref} className={styles.scroller} tabIndex={0} role="group" aria-label={label}>
        <table
          className={styles.table}
          aria-rowcount={found.length + 1}
          style={{ width: widths.reduce((sum, each) => sum + each, 0) || '100%' }}
        >
          <colgroup>
            {heads.map((head, index) => (
              <col key={head.name} style={{ width: widths[index] ?? 0 }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {heads.map((head, index) => (
                <GridHeadCell
                  key={head.name}
                  head={head}
                  sorted={sorting?.column === index ? (sorting.descending ? 'descending' : 'ascending') : 'none'}
                  filter={filters[index] ?? ''}
                  narrow={(widths[index] ?? 0) < headWidth(head) + ROOM_FOR_FILTER}
                  onSort={() => setSorting(nextSorting(sorting, index, head.numeric))}
                  onFilter={(typed) => setFilters({ ...filters, [index]: typed })}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? <tr style={{ height: before }} /> : null}
            {visible.map((row) => (
              <GridRow key={row.key} row={row} heads={heads} flash={changed.has(row.key)} onActivate={onActivate} />
            ))}
            {after > 0 ? <tr style={{ height: after }} /> : null}
          </tbody>
        </table>
        {found.length === 0 ? <p className={styles.none}>No row matches what was typed in the head.</p> : null}
      </div>
      {pageSize && found.length > pageSize ? (
        <Pager page={at} last={last} size={pageSize} total={found.length} onPage={setPage} />
      ) : null}
    </div>
  );
}
