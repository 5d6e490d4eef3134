/** Lines and areas over time or another axis. */
import type { EChartsOption, LineSeriesOption } from 'echarts';
import type { Widget } from '../core/documents';
import type { Formats } from '../core/format';
import type { Result } from '../core/values';
import { axisTooltip, type Hover } from './axis-tooltip';
import { baseOption, gridOption, LABEL_GAP, type Margins, unitRow, valueAxisFor, valueAxisOption } from './base';
import { fade } from './color';
import { type ChartContext, type Frames, formatsOf } from './context';
import { isApproximate } from './frame';
import { legendOption, type Naming, namingOf, shownOf } from './legend';
import { type LineLook, lineSeries } from './line-series';
import { type AreaOptions, type LineOptions, optionsOf } from './options';
import { seriesColors } from './palette';
import { ranked, type Series, type SeriesTable, seriesOf } from './series';
import { shares, stackedExtremes } from './stack';
import { linesOf, markLines, nearbyOf } from './thresholds';
import { axisHeight, categoryAxis, categoryLabel, timeAxis, timeExtent } from './x-axis';

interface Drawing {
  readonly result: Result;
  readonly table: SeriesTable;
  readonly series: readonly Series[];
  readonly options: LineOptions & AreaOptions;
  readonly look: LineLook;
  readonly percent: boolean;
}

function drawingOf(widget: Widget, result: Result): Drawing | null {
  const area = widget.kind === 'area';
  const options: LineOptions & AreaOptions = optionsOf(area ? 'area' : 'line', widget);
  const table = seriesOf(result, options);
  if (!table || table.series.length === 0) return null;
  const percent = options.percent === true;
  const stack = (options.stack === true || percent) && table.series.length > 1;
  const series = ranked(table.series, stack ? 'total' : 'last');
  const { smooth = false, points = false } = options;
  const look = { area, stack, smooth, points, count: series.length };
  return { result, table, series: percent ? shares(series) : series, options, look, percent: percent && stack };
}

function axisOf(
  { series, options, look, percent, table }: Drawing,
  context: ChartContext,
  pixels: number,
  lines: readonly number[],
) {
  const formats = context.formats.inZone(null);
  const column = table.series[0]?.column ?? table.x.column;
  const look1 = percent ? { ...column, format: 'percent', decimals: 0 } : column;
  const shown = shownOf(series, context);
  const drawn = look.stack
    ? stackedExtremes(shown)
    : shown.flatMap(({ values }) => values.filter((value) => value !== null));
  const max = options.max ?? (percent ? 1 : undefined);
  return valueAxisFor(context, formats, look1, [...drawn, ...lines], {
    zero: look.area,
    min: options.min,
    max,
    pixels,
  });
}

/** The last bucket of a stack cannot be dashed; a veil over it says that it is still filling. */
function veil({ table, look }: Drawing, context: ChartContext): LineSeriesOption {
  if (!look.stack || table.partial === null || table.partial === 0) return {};
  const from = Number(table.xs[table.partial - 1]);
  const to = Number(table.xs[table.partial]);
  const itemStyle = { color: fade(context.theme.surface, 0.55) };
  return { markArea: { silent: true, animation: false, z: 10, itemStyle, data: [[{ xAxis: from }, { xAxis: to }]] } };
}

/** Pixels that the name of the last tick may stick out of the plot. */
const LAST_TICK = 16;

function marginsOf(naming: Naming, labelWidth: number, unit: boolean, context: ChartContext): Margins {
  const top = naming.top || 8;
  return {
    left: labelWidth + LABEL_GAP + 2,
    right: naming.kind === 'direct' ? naming.room + 8 : LAST_TICK,
    top: top + (unit ? unitRow(context) : 0),
    bottom: axisHeight(context),
  };
}

function hoverOf(drawing: Drawing, colors: ReadonlyMap<string, string>, context: ChartContext): Hover {
  const { table, result, look } = drawing;
  const approximate = table.series.some(({ column }) => isApproximate(result, column));
  const { hidden } = context;
  return { table, colors, formats: formatsOf(context, result), approximate, shares: look.stack, hidden };
}

function xAxisOf(table: SeriesTable, width: number, context: ChartContext, formats: Formats) {
  if (table.time) return timeAxis(timeExtent(table, context), width, context, formats);
  const labels = table.xs.map((x) => categoryLabel(x, table.x.column, undefined, formats));
  return { ...categoryAxis(labels, width, context), boundaryGap: false };
}

/** The option of a line or area chart; null when there is nothing to draw. */
export function lineOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const drawing = frames.main ? drawingOf(widget, frames.main) : null;
  if (!drawing) return null;
  const { table, series, options, look, result } = drawing;
  const formats = formatsOf(context, result);
  const lines = linesOf(
    options.thresholds,
    series.length === 1 || series[1]?.previous ? (series[0]?.column ?? null) : null,
  );
  const naming = namingOf(series, context, !look.stack);
  const plotHeight = context.height - axisHeight(context) - (naming.top || 8);
  const axis = axisOf(
    drawing,
    context,
    plotHeight,
    lines.map(({ value }) => value),
  );
  const margins = marginsOf(naming, axis.width, axis.unit !== '', context);
  const width = Math.max(40, context.width - margins.left - margins.right);
  const colors = seriesColors(series, table.series, context.theme);
  const drawn = series.flatMap((each) =>
    lineSeries(each, table, colors.get(each.id) ?? context.theme.muted, look, naming, context),
  );
  const perUnit = plotHeight / (axis.scale.max - axis.scale.min);
  const marks = {
    markLine: markLines(lines, { axis: 'yAxis', perUnit, nearby: nearbyOf(series, false) }, context),
    ...veil(drawing, context),
  };
  return {
    ...baseOption(context),
    grid: gridOption(margins),
    xAxis: xAxisOf(table, width, context, formats),
    yAxis: valueAxisOption(axis, context),
    ...(naming.kind === 'legend' ? { legend: legendOption(series, colors, context) } : {}),
    tooltip: axisTooltip(hoverOf(drawing, colors, context), context, 'line'),
    series: drawn.map((each, index) => (index === 0 ? { ...each, ...marks } : each)),
  } as EChartsOption;
}
