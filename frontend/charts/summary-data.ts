/** Sentences for results of many rows. */
import type { Widget } from '../core/documents';
import { type Formats, formatValue, isNumeric } from '../core/format';
import type { Result } from '../core/values';
import type { Cell } from './cells';
import { cohortGrid } from './cohort';
import { type ChartContext, type Frames, formatsOf } from './context';
import { dimensions, measures, numberAt, titleOf, valueAt } from './frame';
import { heatGrid } from './heatmap';
import type { BarOptions } from './options';
import { ranked, type Series, type SeriesTable, seriesOf } from './series';
import { categoryLabel } from './x-axis';

interface Peak {
  readonly index: number;
  readonly value: number;
}

function extremes(
  values: readonly (number | null)[],
): { readonly low: Peak; readonly high: Peak; readonly last: Peak } | null {
  const peaks = values.flatMap((value, index): Peak[] => (value === null ? [] : [{ index, value }]));
  const [first] = peaks;
  const last = peaks.at(-1);
  if (!first || !last) return null;
  const low = peaks.reduce((least, peak) => (peak.value < least.value ? peak : least), first);
  const high = peaks.reduce((most, peak) => (peak.value > most.value ? peak : most), first);
  return { low, high, last };
}

function placeName(table: SeriesTable, index: number, formats: Formats, axis: BarOptions['axis']): string {
  const x = table.xs[index] ?? null;
  return table.time && typeof x === 'number'
    ? formats.bucket(x, table.grain)
    : categoryLabel(x, table.x.column, axis, formats);
}

function one(table: SeriesTable, series: Series, formats: Formats, axis: BarOptions['axis']): string {
  const found = extremes(series.values);
  if (!found) return `${series.name}: no values`;
  const text = (value: number): string => formatValue(formats, series.column, value, 'exact');
  const place = ({ index }: Peak): string => placeName(table, index, formats, axis);
  const now = table.time ? `now ${text(found.last.value)}, ` : '';
  return `${series.name}: ${now}highest ${text(found.high.value)} (${place(found.high)}), lowest ${text(found.low.value)} (${place(found.low)})`;
}

/** Lines, areas, bars and sparklines: newest, highest and lowest of the largest series. */
export function summarizeSeries(widget: Widget, _: Frames, context: ChartContext, result: Result): string {
  const options = (widget.options ?? {}) as BarOptions;
  const y = typeof options.y === 'string' ? [options.y as string] : options.y;
  const table = seriesOf(result, { ...options, ...(y ? { y } : {}) });
  if (!table) return 'no values.';
  const formats = formatsOf(context, result);
  const order = ranked(table.series, table.time ? 'last' : 'total').filter(({ previous }) => !previous);
  const named = order.slice(0, 3).map((series) => one(table, series, formats, options.axis));
  const more = order.length > 3 ? ` And ${order.length - 3} more series.` : '';
  return `${named.join('. ')}.${more}`;
}

/** Everything else: how many rows there are and which lead. */
export function summarizeRows(_widget: Widget, _frames: Frames, context: ChartContext, result: Result): string {
  const formats = formatsOf(context, result);
  const value = measures(result)[0] ?? null;
  // Coordinates and other numbers to group by say nothing read aloud.
  const labels = dimensions(result).filter(({ column }) => !isNumeric(column));
  const count = `${formats.exact(result.rows.length)} ${result.rows.length === 1 ? 'row' : 'rows'}`;
  if (!value || labels.length === 0) return `${count}.`;
  const top = [...result.rows].sort((a, b) => (numberAt(b, value) ?? 0) - (numberAt(a, value) ?? 0)).slice(0, 3);
  const words = top.map(
    (row) =>
      `${labels.map((label) => formatValue(formats, label.column, valueAt(row, label), 'compact')).join(' ')} ${formatValue(formats, value.column, valueAt(row, value), 'exact')}`,
  );
  return `${count}. Most ${titleOf(value.column).toLowerCase()}: ${words.join(', ')}.`;
}

/** Heatmaps and cohorts: the cells with the most and the least. */
export function summarizeCells(widget: Widget, _: Frames, context: ChartContext, result: Result): string {
  const grid = widget.kind === 'cohort' ? cohortGrid(widget, result, context) : heatGrid(widget, result, context);
  const cells = [...(grid?.cells ?? [])].sort((a, b) => b.value - a.value);
  const [highest, lowest] = [cells[0], cells.at(-1)];
  if (!grid || !highest || !lowest) return 'no values.';
  const formats = formatsOf(context, result);
  const text = ({ x, y, value }: Cell): string =>
    `${formatValue(formats, grid.column, value, 'exact')} (${grid.yLabels[y] ?? ''}, ${grid.xLabels[x] ?? ''})`;
  return `${titleOf(grid.column)} by ${grid.yTitle} and ${grid.xTitle}: highest ${text(highest)}, lowest ${text(lowest)}.`;
}
