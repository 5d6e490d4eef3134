/** Sorting, filtering and column widths of a table on the page. Pure. */
import type { TableCell, TableHead, TableRow } from '../../charts/index';

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

/** Texts typed into column heads, by column. */
export type ColumnFilters = Readonly<Record<number, string>>;

export type GridHead = Pick<TableHead, 'name' | 'title' | 'unit' | 'align' | 'numeric'>;

const number = (cell: TableCell): number =>
  cell.value === null || cell.value === '' ? Number.NaN : Number(cell.value);

const compare = (a: TableCell, b: TableCell, numeric: boolean): number =>
  numeric ? number(a) - number(b) : a.text.localeCompare(b.text, undefined, { numeric: true, sensitivity: 'base' });

const isMissing = (cell: TableCell | undefined): boolean =>
  cell === undefined || cell.value === null || cell.value === '';

/** Rows by one column, missing values last in both directions; null keeps the order of the server. */
export function sortRows(
  rows: readonly TableRow[],
  heads: readonly GridHead[],
  sorting: Sorting | null,
): readonly TableRow[] {
  const head = sorting ? heads[sorting.column] : undefined;
  if (sorting === null || head === undefined) return rows;
  const direction = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a.cells[sorting.column], b.cells[sorting.column]];
    if (isMissing(left) || isMissing(right)) return Number(isMissing(left)) - Number(isMissing(right));
    return left && right ? direction * compare(left, right, head.numeric) : 0;
  });
}

/** Numbers start from the largest, texts from A; the third click returns to the order of the server. */
export function nextSorting(held: Sorting | null, column: number, numeric: boolean): Sorting | null {
  if (held?.column !== column) return { column, descending: numeric };
  return held.descending === numeric ? { column, descending: !numeric } : null;
}

const BOUND = /^(>=|<=|>|<|=)\s*(-?[\d.]+)$/;
const RANGE = /^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)$/;

const TESTS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '>=': (value, limit) => value >= limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '<': (value, limit) => value < limit,
  '=': (value, limit) => value === limit,
};

/** Whether a cell passes what was typed: a part of its text, or for numbers also `>10`, `<=3`, `5..20`. */
export function passes(cell: TableCell, typed: string, numeric: boolean): boolean {
  const text = typed.trim();
  if (text === '') return true;
  const bound = numeric ? BOUND.exec(text) : null;
  if (bound) return TESTS[bound[1] ?? '']?.(number(cell), Number(bound[2])) ?? true;
  const range = numeric ? RANGE.exec(text) : null;
  if (range) return number(cell) >= Number(range[1]) && number(cell) <= Number(range[2]);
  return cell.text.toLocaleLowerCase().includes(text.toLocaleLowerCase());
}

export function filterRows(
  rows: readonly TableRow[],
  heads: readonly GridHead[],
  filters: ColumnFilters,
): readonly TableRow[] {
  const active = Object.entries(filters).filter(([, typed]) => typed.trim() !== '');
  if (active.length === 0) return rows;
  return rows.filter((row) =>
    active.every(([column, typed]) => {
      const cell = row.cells[Number(column)];
      return cell !== undefined && passes(cell, typed, heads[Number(column)]?.numeric ?? false);
    }),
  );
}

/** Average letter of a cell (13 px) and of a head (12 px). */
const LETTER = 7;
const HEAD_LETTER = 6.5;
const PADDING = 16;
/** The arrow of a sorted column. */
const ARROW = 14;
/** The first and the last column stand off the edge of the card. */
const EDGE = 10;
const NARROWEST = 56;
const WIDEST = 240;
/** A column of text may give up this share of its width before the table scrolls sideways. */
const GIVES = 0.45;

export interface ColumnWidth {
  readonly wanted: number;
  readonly least: number;
}

/** Pixels of a head's name and unit, with the room around them. */
export const headWidth = ({ title, unit }: GridHead): number =>
  (title.length + (unit === '' ? 0 : unit.length + 1)) * HEAD_LETTER + PADDING;

/** Pixels for each column, from its longest text in even steps, so that they rarely change. */
export function columnWidths(heads: readonly GridHead[], rows: readonly TableRow[]): readonly ColumnWidth[] {
  return heads.map((head, index) => {
    const edge = index === 0 || index === heads.length - 1 ? EDGE : 0;
    const title = headWidth(head) + ARROW + edge;
    const longest = rows.reduce((most, row) => Math.max(most, row.cells[index]?.text.length ?? 0), 0);
    const values = Math.ceil(longest / 2) * 2 * LETTER + PADDING + edge;
    const wanted = Math.round(Math.min(WIDEST, Math.max(NARROWEST, title, values)));
    // A text may be cut, a title not: without it the texts say nothing.
    const least = Math.max(NARROWEST, Math.min(wanted, title - ARROW), wanted * (1 - GIVES));
    return { wanted, least: head.numeric ? wanted : Math.round(least) };
  });
}

/** Columns that fill `available` pixels: all grow alike; when there is too little, texts give way down to their least. */
export function fitWidths(columns: readonly ColumnWidth[], available: number): readonly number[] {
  const wanted = columns.reduce((sum, column) => sum + column.wanted, 0);
  if (wanted === 0) return [];
  if (wanted <= available) return columns.map((column) => (column.wanted / wanted) * available);
  const slack = columns.reduce((sum, column) => sum + column.wanted - column.least, 0);
  const share = slack === 0 ? 0 : Math.min(1, (wanted - available) / slack);
  return columns.map((column) => column.wanted - (column.wanted - column.least) * share);
}
