/** Counts per bin, as bars that touch, on an axis of true numbers. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatNumber, formatValue, unitOf, unitSuffix } from '../core/format';
import type { Column, Result } from '../core/values';
import { baseOption, gridOption, LABEL_GAP, plainAxis, tooltipBase, valueAxisFor, valueAxisOption } from './base';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { measure, numberAt, pick, titleOf } from './frame';
import { textWidth, widest } from './measure';
import { optionsOf } from './options';
import { markLines, uprightRoom } from './thresholds';
import { tooltipHtml } from './tooltip';
import { axisHeight } from './x-axis';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The bins in order, with empty ones between them; null without the column of bins. */
export function binsOf(
  widget: Widget,
  result: Result,
): { readonly bins: readonly Bin[]; readonly column: Column; readonly edge: Column } | null {
  const options = optionsOf('histogram', widget);
  const bin = pick(result, options.bin);
  const value = measure(result, options.value);
  if (!bin || !value) return null;
  const counts = new Map<number, number>();
  for (const row of result.rows) {
    const from = numberAt(row, bin);
    if (from !== null) counts.set(from, (counts.get(from) ?? 0) + (numberAt(row, value) ?? 0));
  }
  const edges = [...counts.keys()].sort((a, b) => a - b);
  const gaps = edges.slice(1).map((edge, index) => edge - (edges[index] ?? edge));
  const width = options.width ?? gaps.reduce((least, gap) => Math.min(least, gap), gaps[0] ?? 1);
  const bins = edges.map((from) => ({ from, to: from + width, count: counts.get(from) ?? 0 }));
  return { bins, column: value.column, edge: { ...bin.column, unit: options.unit ?? bin.column.unit ?? null } };
}

interface Api {
  value: (index: number) => number;
  coord: (point: [number, number]) => [number, number];
}

/** Draws a bar from edge to edge with a hair of ground between neighbours. */
function drawBin(color: string) {
  return (_: unknown, api: Api) => {
    const [x1, y1] = api.coord([api.value(0), api.value(2)]);
    const [x2, y2] = api.coord([api.value(1), 0]);
    const gap = x2 - x1 > 4 ? 1 : 0;
    const r = x2 - x1 > 6 ? [2, 2, 0, 0] : 0;
    const shape = { x: x1 + gap / 2, y: y1, width: Math.max(1, x2 - x1 - gap), height: y2 - y1, r };
    return { type: 'rect' as const, transition: ['shape'], shape, style: { fill: color } };
  };
}

type Found = NonNullable<ReturnType<typeof binsOf>>;

/** Ticks on edges of bins: on every one, or on every so many that their names fit. */
export function edgeTicks(
  bins: readonly Bin[],
  format: (value: number) => string,
  pixels: number,
  size: number,
): readonly number[] {
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return [];
  const width = first.to - first.from;
  const room = widest([first.from, last.from, last.to].map(format), size) + 12;
  const perBin = (pixels * width) / (last.to - first.from);
  const every = [1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 50, 100].find((count) => count * perBin >= room) ?? 200;
  const step = width * every;
  const start = Math.ceil(first.from / step - 1e-9) * step;
  const count = Math.floor((last.to - start) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => Number((start + index * step).toPrecision(12)));
}

function xAxis({ bins, edge }: Found, width: number, context: ChartContext, formats: Formats) {
  const { theme } = context;
  const size = fontSizeOf(context);
  const format = (value: number): string => formatNumber(formats, edge, value, 'compact');
  const customValues = [...edgeTicks(bins, format, width, size)];
  const plain = plainAxis(context);
  return {
    ...plain,
    type: 'value' as const,
    min: bins[0]?.from ?? 0,
    max: bins.at(-1)?.to ?? 1,
    axisLine: { ...plain.axisLine, onZero: false },
    axisTick: { show: true, length: 4, lineStyle: { color: theme.lineStrong }, customValues },
    axisLabel: { ...plain.axisLabel, customValues, formatter: format },
    name: unitOf(edge),
    nameLocation: 'middle' as const,
    nameGap: axisHeight(context) + 2,
    nameTextStyle: { color: theme.textQuiet, fontSize: size },
  };
}

function hoverOf({ bins, column, edge }: Found, formats: Formats, color: string) {
  return ({ dataIndex }: { dataIndex: number }): string => {
    const bin = bins[dataIndex];
    if (!bin) return '';
    const [from, to] = [bin.from, bin.to].map((value) => formatNumber(formats, edge, value, 'exact'));
    const value = formatValue(formats, column, bin.count, 'exact');
    return tooltipHtml({
      head: `${from} to ${to}${unitSuffix(unitOf(edge))}`,
      lines: [{ color, name: titleOf(column), value }],
    });
  };
}

/** Pixels of the row with the unit of the upright axis. */
const UNIT_ROW = 24;

/** The option of a histogram; null when there are no bins. */
export function histogramOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const found = result ? binsOf(widget, result) : null;
  if (!result || !found || found.bins.length === 0) return null;
  const color = context.theme.categorical[0] ?? context.theme.accent;
  const { bins, column, edge } = found;
  const formats = formatsOf(context, result);
  const thresholds = optionsOf('histogram', widget).thresholds ?? [];
  const counts = bins.map(({ count }) => count);
  const vertical = valueAxisFor(context, formats, column, counts, { zero: true, pixels: context.height * 0.8 });
  const plot = { left: vertical.width + LABEL_GAP + 2, right: 16 };
  const width = Math.max(40, context.width - plot.left - plot.right);
  const from = bins[0]?.from ?? 0;
  const perUnit = width / ((bins.at(-1)?.to ?? 1) - from || 1);
  // Names and the unit share a row unless they would touch.
  const unitEnds = vertical.unit ? textWidth(vertical.unit, fontSizeOf(context)) - plot.left + 12 : 0;
  const share = thresholds.every(({ value }) => (value - from) * perUnit >= unitEnds);
  const row = vertical.unit ? UNIT_ROW : 8;
  const names = uprightRoom(thresholds, context);
  const margins = {
    ...plot,
    top: share ? Math.max(row, names) : row + names,
    bottom: axisHeight(context) + (unitOf(edge) ? 18 : 0),
  };
  const above = share || !vertical.unit ? 0 : UNIT_ROW - 6;
  const markLine = markLines(thresholds, { axis: 'xAxis', perUnit, above, plot: { from, pixels: width } }, context);
  const data = bins.map(({ from, to, count }) => [from, to, count]);
  return {
    ...baseOption(context),
    grid: gridOption(margins),
    xAxis: xAxis(found, width, context, formats),
    yAxis: valueAxisOption(vertical, context),
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hoverOf(found, formats, color) },
    series: [
      { type: 'custom', id: 'bins', renderItem: drawBin(color), encode: { x: [0, 1], y: 2 }, data, clip: true },
      { type: 'line', id: 'thresholds', silent: true, data: [], markLine },
    ],
  } as EChartsOption;
}
