/** Bars: vertical or horizontal, grouped, stacked or as shares. Always from zero. */
import type { BarSeriesOption, EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import type { Formats, Look } from '../core/format';
import type { Result } from '../core/values';
import { axisTooltip } from './axis-tooltip';
import { type BarLabels, labelAt, seriesLabel, valuesWidth } from './bar-labels';
import { arranged } from './bar-order';
import {
  baseOption,
  gridOption,
  LABEL_GAP,
  type Margins,
  unitRow,
  type ValueAxis,
  valueAxisFor,
  valueAxisOption,
} from './base';
import { fade } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { isApproximate } from './frame';
import { legendOption, namingOf, shownOf } from './legend';
import { nameAxis, nameRoom } from './name-axis';
import { type BarOptions, optionsOf, type Threshold } from './options';
import { seriesColors } from './palette';
import { ranked, type Series, type SeriesTable, seriesOf } from './series';
import { shares, stackedExtremes } from './stack';
import { besideRoom, linesOf, markLines, nearbyOf, uprightRoom } from './thresholds';
import { axisHeight, bucketAxis, categoryAxis, categoryLabel } from './x-axis';

interface Drawing {
  readonly result: Result;
  readonly formats: Formats;
  readonly table: SeriesTable;
  readonly series: readonly Series[];
  readonly options: BarOptions;
  readonly stack: boolean;
  readonly percent: boolean;
  readonly axis: ValueAxis;
  /** How the values look. */
  readonly look: Look;
  readonly labels: readonly string[];
  readonly lines: readonly Threshold[];
}

function drawingOf(widget: Widget, result: Result, context: ChartContext): Drawing | null {
  const options = optionsOf('bar', widget);
  const found = seriesOf(result, options);
  if (!found || found.series.length === 0) return null;
  const table = arranged(found, options.axis);
  const formats = formatsOf(context, result);
  const percent = options.percent === true && table.series.length > 1;
  const stack = (options.stack === true || percent) && table.series.length > 1;
  const order = ranked(table.series, 'total');
  const series = percent ? shares(order) : order;
  const column = table.series[0]?.column ?? table.x.column;
  const look = percent ? { ...column, format: 'percent', decimals: 0 } : column;
  const shown = shownOf(series, context);
  const drawn = stack
    ? stackedExtremes(shown)
    : shown.flatMap(({ values }) => values.filter((value) => value !== null));
  const lines = linesOf(options.thresholds, series.length === 1 ? column : null);
  const marks = lines.map(({ value }) => value);
  const pixels = options.horizontal ? context.width * 0.6 : context.height * 0.8;
  const max = percent ? { max: 1 } : {};
  const axis = valueAxisFor(context, formats, look, [...drawn, ...marks], { zero: true, pixels, ...max });
  const labels = table.xs.map((x) => categoryLabel(x, table.x.column, options.axis, formats));
  return { result, formats, table, series, options, stack, percent, axis, look, labels, lines };
}

/** The outer end is rounded; inside a stack only its last layer would be, so stacks stay square. */
function corners({ options, stack }: Drawing): number[] {
  if (stack) return [0, 0, 0, 0];
  return options.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0];
}

const MOST_ACROSS = 48;
const GAP_SHARE = 0.28;

/** Pixels across one bar of a drawing with `pixels` for all of them. */
function thicknessOf({ table, series, stack }: Drawing, pixels: number): number {
  const band = (pixels / Math.max(1, table.xs.length)) * (1 - GAP_SHARE);
  return Math.min(MOST_ACROSS, band / (stack ? 1 : Math.max(1, series.length) * 1.1));
}

/** Every bar says its value, so that an axis would only repeat them. */
function saysAll(drawing: Drawing, context: ChartContext): boolean {
  const { options, stack, series, formats, look } = drawing;
  if (!options.labels || stack || series.some(({ previous }) => previous)) return false;
  const thickness = thicknessOf(drawing, (options.horizontal ? context.height : context.width) * 0.85);
  const values = valuesWidth(series, { formats, look, named: false }, context);
  return options.horizontal ? thickness >= fontSizeOf(context) * 0.75 : thickness * 1.25 >= values;
}

/** Without an axis no round number is needed above the longest bar. */
function tight({ axis, series, lines }: Drawing): ValueAxis {
  const drawn = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const ends = [...drawn, ...lines.map(({ value }) => value), 0];
  const max = Math.max(...ends);
  return max > axis.scale.min ? { ...axis, scale: { ...axis.scale, max } } : axis;
}

function barSeries(
  drawing: Drawing,
  series: Series,
  color: string,
  labels: BarLabels | null,
  context: ChartContext,
): BarSeriesOption {
  const { stack, table } = drawing;
  const own = series.previous ? null : labels;
  const fill = series.previous ? fade(context.theme.muted, 0.45) : color;
  const filling = {
    color: fade(fill.startsWith('#') ? fill : context.theme.muted, 0.4),
    borderColor: fill,
    borderType: 'dashed' as const,
    borderWidth: 1,
  };
  const data = series.values.map((value, index) => {
    if (value === null) return { value: '-' as const };
    if (index === table.partial) return { value, itemStyle: filling };
    const label = own ? labelAt(value, index, fill, own, context) : null;
    return label ? { value, label } : { value };
  });
  return {
    type: 'bar',
    id: series.id,
    name: series.name,
    data,
    ...(stack ? { stack: 'total' } : {}),
    barMaxWidth: MOST_ACROSS,
    barMinHeight: 0,
    barGap: '10%',
    barCategoryGap: table.xs.length > 40 ? '12%' : `${GAP_SHARE * 100}%`,
    itemStyle: { color: fill, borderRadius: corners(drawing) },
    emphasis: { focus: drawing.series.length > 1 ? 'series' : 'none' },
    ...(own ? seriesLabel(own, context) : {}),
  };
}

function marginsOf(drawing: Drawing, legend: number, silent: boolean, context: ChartContext): Margins {
  const { axis, options, labels, series, formats, look, lines } = drawing;
  const top = (legend || 8) + (options.labels && !options.horizontal ? 8 : 0);
  if (options.horizontal) {
    const values = valuesWidth(series, { formats, look, named: silent }, context) + 10;
    return {
      left: nameRoom(labels, context) + LABEL_GAP + 2,
      right: (options.labels ? values : 12) + 8,
      top: top + uprightRoom(lines, context),
      bottom: silent ? 4 : axisHeight(context) + (axis.unit ? 14 : 0),
    };
  }
  return {
    left: silent ? 0 : axis.width + LABEL_GAP + 2,
    right: 8 + besideRoom(lines, context),
    top: top + (axis.unit ? unitRow(context) : 0),
    bottom: axisHeight(context),
  };
}

/** The value axis; without words and lines where the bars say it all. */
function valueAxis({ axis, options }: Drawing, silent: boolean, context: ChartContext) {
  const option = valueAxisOption(axis, context);
  if (!silent) return option;
  return {
    ...option,
    axisLabel: { show: false },
    splitLine: { show: false },
    name: options.horizontal ? '' : axis.unit,
    nameTextStyle: { ...option.nameTextStyle, padding: 0 },
  };
}

function axesOf(drawing: Drawing, margins: Margins, silent: boolean, context: ChartContext) {
  const { labels, options, table, formats } = drawing;
  const size = fontSizeOf(context);
  const value = valueAxis(drawing, silent, context);
  const width = Math.max(40, context.width - margins.left - margins.right);
  if (!options.horizontal) {
    const x = table.time ? bucketAxis(table, width, context, formats) : categoryAxis(labels, width, context);
    return { xAxis: x, yAxis: value };
  }
  const names = nameAxis(labels, margins.left - LABEL_GAP, context.height - margins.top - margins.bottom, context);
  const name = {
    nameLocation: 'middle' as const,
    nameGap: axisHeight(context) + 4,
    nameTextStyle: { color: context.theme.textQuiet, fontSize: size },
  };
  return { xAxis: { ...value, ...name }, yAxis: names };
}

/** The option of a bar chart; null when there is nothing to draw. */
export function barOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const drawing = frames.main ? drawingOf(widget, frames.main, context) : null;
  if (!drawing) return null;
  const { table, series, options, formats, result, stack, lines } = drawing;
  const legend = namingOf(series, context, false).top;
  const colors = seriesColors(series, table.series, context.theme);
  const silent = saysAll(drawing, context);
  const axis = silent ? tight(drawing) : drawing.axis;
  const margins = marginsOf(drawing, legend, silent, context);
  const [across, down] = [context.width - margins.left - margins.right, context.height - margins.top - margins.bottom];
  const horizontal = options.horizontal === true;
  const perUnit = (horizontal ? across : down) / (axis.scale.max - axis.scale.min);
  const where = horizontal
    ? { axis: 'xAxis' as const, perUnit, inverse: true }
    : { axis: 'yAxis' as const, perUnit, nearby: nearbyOf(series, true), beside: true };
  const markLine = markLines(lines, where, context);
  const thickness = thicknessOf(drawing, horizontal ? down : across);
  const named = silent && horizontal;
  const labels = options.labels
    ? { horizontal, stack, look: drawing.look, formats, lines, perUnit, thickness, named, needed: silent }
    : null;
  const drawn = series.map((each) =>
    barSeries(drawing, each, colors.get(each.id) ?? context.theme.muted, labels, context),
  );
  const approximate = table.series.some(({ column }) => isApproximate(result, column));
  const { hidden } = context;
  const hover = { table, colors, formats, axis: options.axis, approximate, shares: stack, hidden };
  return {
    ...baseOption(context),
    grid: gridOption(margins),
    ...axesOf({ ...drawing, axis }, margins, silent, context),
    ...(legend > 0 ? { legend: legendOption(series, colors, context) } : {}),
    tooltip: axisTooltip(hover, context, 'shadow'),
    series: drawn.map((each, index) => (index === 0 ? { ...each, markLine } : each)),
  } as EChartsOption;
}
