/** The shares of a pie. */
import type { Widget } from '../core/documents';
import type { Column, Result } from '../core/values';
import { freeDimension, measure, measures, numberAt, titleOf, valueAt } from './frame';
import { optionsOf, type PieOptions } from './options';

export interface Slice {
  readonly name: string;
  readonly value: number;
  readonly share: number;
  readonly other: boolean;
}

export interface Slices {
  readonly slices: readonly Slice[];
  readonly total: number;
  readonly column: Column;
}

interface Part {
  readonly name: string;
  readonly value: number;
}

/** One slice per row; or per measure, when there is nothing to group by. */
function partsOf(result: Result, options: PieOptions): readonly Part[] {
  const label = freeDimension(result, [], options.label);
  const value = measure(result, options.value);
  const first = result.rows[0];
  if (!label && first)
    return measures(result).map((each) => ({ name: titleOf(each.column), value: numberAt(first, each) ?? 0 }));
  return result.rows.map((row) => ({ name: String(valueAt(row, label) ?? 'None'), value: numberAt(row, value) ?? 0 }));
}

/** Slices from the largest to the smallest, the small ones together at the end; negative values have no share. */
export function slicesOf(widget: Widget, result: Result): Slices | null {
  const options = optionsOf('pie', widget);
  const column = measure(result, options.value)?.column;
  if (!column) return null;
  const parts = partsOf(result, options)
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value);
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const most = options.max_slices ?? 8;
  const kept = parts.length > most ? parts.slice(0, most - 1) : parts;
  const rest = parts.slice(kept.length);
  const slices = kept.map((part): Slice => ({ ...part, share: part.value / total, other: false }));
  if (rest.length > 0) {
    const value = rest.reduce((sum, part) => sum + part.value, 0);
    slices.push({ name: `Other (${rest.length})`, value, share: value / total, other: true });
  }
  return { slices, total, column };
}
