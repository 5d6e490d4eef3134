/** How far each row is on its way. */
import type { Widget } from '../../core/documents';
import { formatValue, toNumber } from '../../core/format';
import type { Result, Row } from '../../core/values';
import { type ChartContext, type Frames, formatsOf } from '../context';
import { freeDimension, measure, numberAt, type Picked, pick, valueAt } from '../frame';
import { bandOf } from '../gauge';
import { optionsOf, type ProgressOptions } from '../options';
import type { Tone } from '../theme';

export interface ProgressBar {
  /** The same from update to update. */
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly exact: string;
  /** 0 to 1 of the bar's length. */
  readonly share: number;
  /** Where the target stands on the bar, 0 to 1; null without one. */
  readonly mark: number | null;
  readonly target: string | null;
  readonly tone: Tone;
  /** Said beside the colour: the band's label, or how the row stands to its target. */
  readonly word: string | null;
}

interface Columns {
  readonly value: Picked;
  readonly label: Picked | null;
  readonly target: Picked | null;
}

function targetFor(row: Row, { value, target }: Columns, options: ProgressOptions): number | null {
  return numberAt(row, target) ?? options.target ?? value.column.goal ?? null;
}

/** A target is the whole bar, unless a value went past it or it is a ceiling with room above. */
function lengthOf(result: Result, columns: Columns, options: ProgressOptions): number {
  const numbers = result.rows.flatMap((row) => [
    numberAt(row, columns.value) ?? 0,
    targetFor(row, columns, options) ?? 0,
  ]);
  const most = numbers.reduce((largest, number) => Math.max(largest, number), 0);
  if (most > 0) return columns.value.column.format === 'percent' && most <= 1 ? 1 : most;
  return 1;
}

function standing(
  value: number | null,
  target: number | null,
  lower: boolean,
): { readonly tone: Tone; readonly word: string | null } {
  if (value === null || target === null) return { tone: 'accent', word: null };
  if (lower) return value <= target ? { tone: 'accent', word: 'Within limit' } : { tone: 'bad', word: 'Over limit' };
  return value >= target ? { tone: 'good', word: 'Reached' } : { tone: 'accent', word: null };
}

/** The bars of a progress widget; null before the first result. */
export function progressModel(widget: Widget, frames: Frames, context: ChartContext): readonly ProgressBar[] | null {
  const result = frames.main;
  const options = optionsOf('progress', widget);
  const value = result ? measure(result, options.value) : null;
  if (!result || !value) return null;
  const formats = formatsOf(context, result);
  const columns: Columns = {
    value,
    label: freeDimension(result, [value], options.label),
    target: pick(result, options.target_column),
  };
  const length = lengthOf(result, columns, options);
  const lower = (options.better ?? value.column.better) === 'lower';
  return result.rows.map((row, index) => {
    const raw = valueAt(row, value);
    const number = toNumber(raw);
    const target = targetFor(row, columns, options);
    const band = bandOf(number, options.bands ?? []);
    const stands = standing(number, target, lower);
    const label = columns.label ? String(valueAt(row, columns.label) ?? 'None') : (widget.title ?? '');
    return {
      key: columns.label ? label : String(index),
      label,
      value: formatValue(formats, value.column, raw, 'compact'),
      exact: formatValue(formats, value.column, raw, 'exact'),
      share: Math.min(1, Math.max(0, (number ?? 0) / length)),
      mark: target === null ? null : Math.min(1, Math.max(0, target / length)),
      target: target === null ? null : formatValue(formats, value.column, target, 'compact'),
      tone: band ? band.tone : stands.tone,
      word: band ? (band.label ?? null) : stands.word,
    };
  });
}
