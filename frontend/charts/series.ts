/** A result as series over one axis: what lines, areas and bars have in common. */
import { addStep, parseStep, stepLength } from '../core/calendar';
import type { Column, Result, Value } from '../core/values';
import { freeDimension, measures, numberAt, type Picked, pick, previousOf, titleOf, valueAt, xColumn } from './frame';

export interface Series {
  /** The same from update to update, so that marks move instead of being made anew. */
  readonly id: string;
  readonly name: string;
  /** The measure it draws; decides how its values look. */
  readonly column: Column;
  readonly values: readonly (number | null)[];
  /** It shows the compared period. */
  readonly previous: boolean;
}

export interface SeriesTable {
  readonly x: Picked;
  /** Values of the axis in the order of the rows. */
  readonly xs: readonly Value[];
  readonly series: readonly Series[];
  /** The axis is time. */
  readonly time: boolean;
  /** Index of the bucket that is still filling, or null. */
  readonly partial: number | null;
  readonly grain: string | null;
}

export interface SeriesWish {
  readonly x?: string;
  readonly y?: readonly string[];
  readonly series?: string;
  /** What the compared period is called. */
  readonly compare?: string;
}

const PREVIOUS = 'Previous period';

function places(
  result: Result,
  x: Picked,
): { readonly xs: readonly Value[]; readonly indexOf: ReadonlyMap<Value, number> } {
  const indexOf = new Map<Value, number>();
  const xs: Value[] = [];
  for (const row of result.rows) {
    const value = valueAt(row, x);
    if (indexOf.has(value)) continue;
    indexOf.set(value, xs.length);
    xs.push(value);
  }
  return { xs, indexOf };
}

/** Time runs to the right whatever the order of the rows. */
function inOrder(xs: readonly Value[], time: boolean): readonly Value[] {
  return time ? [...xs].filter((value) => value !== null).sort((a, b) => Number(a) - Number(b)) : xs;
}

function chosenMeasures(
  result: Result,
  names: readonly string[] | undefined,
  taken: readonly number[],
): readonly Picked[] {
  const named = (names ?? []).flatMap((name) => pick(result, name) ?? []);
  return named.length > 0 ? named : measures(result).filter(({ index }) => !taken.includes(index));
}

/** One series per value of a column. */
function split(
  result: Result,
  x: Picked,
  by: Picked,
  y: Picked,
  indexOf: ReadonlyMap<Value, number>,
): readonly Series[] {
  const found = new Map<Value, (number | null)[]>();
  for (const row of result.rows) {
    const key = valueAt(row, by);
    const place = indexOf.get(valueAt(row, x));
    if (place === undefined) continue;
    const values = found.get(key) ?? new Array<number | null>(indexOf.size).fill(null);
    found.set(key, values);
    values[place] = numberAt(row, y);
  }
  return [...found].map(([key, values]) => {
    const name = key === null ? 'None' : String(key);
    return { id: `s:${name}`, name, column: y.column, values, previous: false };
  });
}

/** One series per measure, and the compared period beside a measure that stands alone. */
function perMeasure(
  result: Result,
  x: Picked,
  ys: readonly Picked[],
  indexOf: ReadonlyMap<Value, number>,
  compare: string | undefined,
): readonly Series[] {
  const column = (picked: Picked, name: string, id: string, previous: boolean): Series => {
    const values = new Array<number | null>(indexOf.size).fill(null);
    for (const row of result.rows) {
      const place = indexOf.get(valueAt(row, x));
      if (place !== undefined) values[place] = numberAt(row, picked);
    }
    return { id, name, column: picked.column, values, previous };
  };
  const main = ys.map((y) => column(y, titleOf(y.column), `m:${y.column.name}`, false));
  const only = ys.length === 1 ? ys[0] : undefined;
  const before = only ? previousOf(result, only.column.name) : null;
  if (!only || !before) return main;
  const looks: Picked = { index: before.index, column: { ...only.column, name: before.column.name } };
  return [...main, column(looks, compare ?? PREVIOUS, `p:${only.column.name}`, true)];
}

function partialIndex(result: Result, xs: readonly Value[], grain: string | null): number | null {
  const last = xs.at(-1);
  const step = grain === null ? null : parseStep(grain);
  if (typeof last !== 'number' || !step) return null;
  const end = addStep(last, step, result.timezone ?? 'UTC');
  return end > result.asOf ? xs.length - 1 : null;
}

/** The series of a result; null when there is no axis or nothing to draw. */
export function seriesOf(result: Result, wish: SeriesWish): SeriesTable | null {
  const x = xColumn(result, wish.x);
  if (!x) return null;
  const by = freeDimension(result, [x], wish.series);
  const ys = chosenMeasures(result, wish.y, [x.index]);
  const time = x.column.type === 'timestamp';
  const xs = inOrder(places(result, x).xs, time);
  const indexOf = new Map(xs.map((value, index) => [value, index]));
  const y = ys[0];
  if (!y) return null;
  const series = by ? split(result, x, by, y, indexOf) : perMeasure(result, x, ys, indexOf, wish.compare);
  const grain = time ? result.grain : null;
  return { x, xs, series, time, grain, partial: time ? partialIndex(result, xs, grain) : null };
}

const lastOf = (series: Series): number =>
  series.values.findLast((value) => value !== null) ?? Number.NEGATIVE_INFINITY;

const totalOf = (series: Series): number => series.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** From the largest to the smallest: by newest value for lines, by total for stacks and bars. The comparison comes last. */
export function ranked(series: readonly Series[], by: 'last' | 'total'): readonly Series[] {
  const rank = by === 'last' ? lastOf : totalOf;
  return [...series].sort((a, b) => Number(a.previous) - Number(b.previous) || rank(b) - rank(a));
}

/** About how long a bucket is, in milliseconds: the grain, else the smallest distance in the data. */
export function bucketLength(table: SeriesTable): number {
  const step = table.grain === null ? null : parseStep(table.grain);
  if (step) return stepLength(step);
  const times = table.xs.map(Number);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return gaps.reduce((least, gap) => (gap > 0 ? Math.min(least, gap) : least), Number.POSITIVE_INFINITY);
}
