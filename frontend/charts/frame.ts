/** Finds what a widget needs in a result: the named columns, or the ones that play the part. */
import { isNumeric, toNumber } from '../core/format';
import type { Column, Result, Row, Value } from '../core/values';

/** A column with its place in the rows. */
export interface Picked {
  readonly column: Column;
  readonly index: number;
}

export function pick(result: Result, name: string | null | undefined): Picked | null {
  const index = result.columns.findIndex((column) => column.name === name);
  const column = result.columns[index];
  return column ? { column, index } : null;
}

const allWhere = (result: Result, test: (column: Column) => boolean): readonly Picked[] =>
  result.columns.map((column, index) => ({ column, index })).filter(({ column }) => test(column));

const roleOf = (column: Column): string => column.role ?? 'value';

/** The bucket of a grain; in SQL the first timestamp. */
export function timeColumn(result: Result): Picked | null {
  const byRole = allWhere(result, (column) => roleOf(column) === 'time')[0];
  return byRole ?? allWhere(result, (column) => roleOf(column) === 'value' && column.type === 'timestamp')[0] ?? null;
}

/** Group-by columns; in SQL the columns that are not numbers. */
export function dimensions(result: Result): readonly Picked[] {
  const time = timeColumn(result);
  return allWhere(result, (column) => {
    if (column === time?.column) return false;
    return roleOf(column) === 'dimension' || (roleOf(column) === 'value' && !isNumeric(column));
  });
}

/** Measures; in SQL the numbers. */
export function measures(result: Result): readonly Picked[] {
  return allWhere(
    result,
    (column) => roleOf(column) === 'measure' || (roleOf(column) === 'value' && isNumeric(column)),
  );
}

export const measure = (result: Result, name?: string): Picked | null =>
  pick(result, name) ?? measures(result)[0] ?? null;

/** The compared value of a measure. */
export function previousOf(result: Result, measureName: string): Picked | null {
  return allWhere(result, (column) => roleOf(column) === 'previous' && column.of === measureName)[0] ?? null;
}

/** The named column, else `time`, else the first group-by column, else the first column. */
export function xColumn(result: Result, name?: string): Picked | null {
  return pick(result, name) ?? timeColumn(result) ?? dimensions(result)[0] ?? allWhere(result, () => true)[0] ?? null;
}

/** The named column, else the first group-by column that is not `used`. */
export function freeDimension(result: Result, used: readonly (Picked | null)[], name?: string): Picked | null {
  const taken = new Set(used.map((picked) => picked?.index));
  return pick(result, name) ?? dimensions(result).find(({ index }) => !taken.has(index)) ?? null;
}

/** What a column is called: its label, else its name in words. */
export function titleOf(column: Column): string {
  if (column.label) return column.label;
  const words = column.name
    .replace(/__previous$/, ' before')
    .replace(/[_\s]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const valueAt = (row: Row, picked: Picked | null): Value => (picked ? (row[picked.index] ?? null) : null);

export const numberAt = (row: Row, picked: Picked | null): number | null => toNumber(valueAt(row, picked));

/** Every number of a column. */
export function numbersOf(result: Result, picked: Picked | null): readonly number[] {
  return result.rows.flatMap((row) => numberAt(row, picked) ?? []);
}

/** Whether the metric behind a column is only an estimate. */
export const isApproximate = (result: Result, column: Column): boolean =>
  result.approximate.includes(column.of ?? column.name);
