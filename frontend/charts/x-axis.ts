/** Horizontal axes: time with ticks on round moments of the zone, and categories whose labels fit their bands. */
import { type Formats, formatValue } from '../core/format';
import type { Column, Value } from '../core/values';
import { BELOW_GAP, plainAxis } from './base';
import { type ChartContext, fontSizeOf } from './context';
import { fitText, widest } from './measure';
import type { AxisKind } from './options';
import { bucketLength, type SeriesTable } from './series';
import { fitting, timeTicks } from './time-ticks';

/** The instants a time axis shows. */
export function timeExtent(table: SeriesTable, context: ChartContext): readonly [number, number] {
  if (context.zoom) return context.zoom;
  const first = Number(table.xs[0] ?? 0);
  const last = Number(table.xs.at(-1) ?? first);
  if (last > first) return [first, last];
  const length = bucketLength(table);
  return [first, first + (Number.isFinite(length) ? length : 1)];
}

/** A time axis of `width` pixels. */
export function timeAxis(
  [from, to]: readonly [number, number],
  width: number,
  context: ChartContext,
  formats: Formats,
) {
  const size = fontSizeOf(context);
  const place = (at: number): number => ((at - from) / (to - from)) * width;
  const ticks = fitting(timeTicks(from, to, width, formats, size), place, width, size);
  const labels = new Map(ticks.map(({ at, label }) => [at, label]));
  const at = ticks.map((tick) => tick.at);
  const plain = plainAxis(context);
  return {
    ...plain,
    type: 'time' as const,
    min: from,
    max: to,
    axisTick: { show: true, length: 4, lineStyle: { color: context.theme.lineStrong }, customValues: at },
    axisLabel: { ...plain.axisLabel, customValues: at, formatter: (value: number) => labels.get(value) ?? '' },
  };
}

/** How a value of a category axis is called. */
export function categoryLabel(value: Value, column: Column, axis: AxisKind | undefined, formats: Formats): string {
  if (value === null) return 'None';
  if (axis === 'weekday') return formats.weekday(Number(value));
  if (axis === 'month') return formats.month(Number(value));
  if (axis === 'hour') return formats.hour(Number(value));
  return formatValue(formats, column, value, 'compact');
}

const RANGES: Readonly<Partial<Record<AxisKind, readonly [number, number]>>> = {
  weekday: [1, 7],
  hour: [0, 23],
  month: [1, 12],
};

/** Every value that an axis shows: all weekdays, hours or months, also those without data. */
export function axisValues(values: readonly Value[], axis: AxisKind | undefined): readonly Value[] {
  const range = axis ? RANGES[axis] : undefined;
  if (range) return Array.from({ length: range[1] - range[0] + 1 }, (_, index) => range[0] + index);
  const distinct = [...new Set(values)];
  return axis === 'number' || axis === 'time' ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct;
}

/** Below this a label is not readable any more, and some are left out instead. */
const LEAST_BAND = 28;
/** Free pixels between two names. */
const BETWEEN = 4;

/** Which labels of a category axis are shown, and how wide each may be. */
export function bandLabels(
  labels: readonly string[],
  width: number,
  size: number,
): { readonly every: number; readonly room: number } {
  const band = width / Math.max(1, labels.length);
  const needed = widest(labels, size) + BETWEEN;
  if (needed <= band) return { every: 1, room: band };
  // Short labels (hours, days) may skip; long names are cut as long as the band leaves them readable.
  if (band >= LEAST_BAND * 2) return { every: 1, room: band - BETWEEN };
  const every = Math.ceil(Math.max(Math.min(needed, LEAST_BAND * 2), LEAST_BAND) / band);
  return { every, room: every * band - BETWEEN };
}

/** A category axis below the plot. */
export function categoryAxis(labels: readonly string[], width: number, context: ChartContext) {
  const size = fontSizeOf(context);
  const { every, room } = bandLabels(labels, width, size);
  const plain = plainAxis(context);
  const axisLabel = {
    ...plain.axisLabel,
    interval: (index: number) => index % every === 0,
    formatter: (label: string) => fitText(label, room, size),
  };
  return { ...plain, type: 'category' as const, data: [...labels], axisLabel };
}

/** A category axis of time buckets: labels on round moments, as far as a bucket begins there. */
export function bucketAxis(table: SeriesTable, width: number, context: ChartContext, formats: Formats) {
  const size = fontSizeOf(context);
  const starts = table.xs.map(Number);
  const [first = 0, last = first] = [starts[0], starts.at(-1)];
  const band = width / Math.max(1, starts.length);
  const indexes = new Map(starts.map((at, index) => [at, index]));
  const ticks = timeTicks(first, last, width, formats, size).filter(({ at }) => indexes.has(at));
  const shown = ticks.length > 0 ? ticks : starts.slice(0, 1).map((at) => ({ at, label: formats.time(at) }));
  const kept = fitting(shown, (at) => ((indexes.get(at) ?? 0) + 0.5) * band, width, size);
  const labels = new Map(kept.map(({ at, label }) => [String(at), label]));
  const plain = plainAxis(context);
  const axisLabel = {
    ...plain.axisLabel,
    interval: (_: number, value: string) => labels.has(value),
    formatter: (value: string) => labels.get(value) ?? '',
  };
  return { ...plain, type: 'category' as const, data: starts.map(String), axisLabel };
}

/** Height that labels below an axis take. */
export const axisHeight = (context: ChartContext): number => BELOW_GAP + Math.ceil(fontSizeOf(context) * 1.4) + 2;
