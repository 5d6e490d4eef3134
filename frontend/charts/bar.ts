/** Bars: vertical or horizontal, grouped, stacked or as shares. Always from zero. */
import type { BarSeriesOption, EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatNumber, type Look } from '../core/format';
import type { Result } from '../core/values';
import { axisTooltip } from './axis-tooltip';
import { arranged } from './bar-order';
import { baseOption, gridOption, LABEL_GAP, type Margins, type ValueAxis, valueAxisFor, valueAxisOption } from './base';
import { fade } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { isApproximate } from './frame';
import { legendOption, namingOf } from './legend';
import { widest } from './measure';
import { nameAxis, nameRoom } from './name-axis';
import { type BarOptions, optionsOf, type Threshold } from './options';
import { seriesColors } from './palette';
import { ranked, type Series, type SeriesTable, seriesOf } from './series';
import { shares, stackedExtremes } from './stack';
import { linesOf, markLines, nearbyOf, uprightRoom } from './thresholds';
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
  const drawn = stack
    ? stackedExtremes(series)
    : series.flatMap(({ values }) => values.filter((value) => value !== null));
  const lines = linesOf(options.thresholds, series.length === 1 ? column : null);
  const marks = lines.map(({ value }) => value);
  const pixels = options.horizontal ? context.width * 0.6 : context.height * 0.8;
  const max = percent ? { max: 1 } : {};
  const axis = valueAxisFor(context, formats, look, [...drawn, ...marks], { zero: true, pixels, ...max });
  const labels = table.xs.map((x) => categoryLabel(x, table.x.column, options.axis, formats));
  return { result, formats, table, series, options, stack, percent, axis, look, labels, lines };
}

function valueLabel({ options, look, formats, stack }: Drawing, context: ChartContext): BarSeriesOption {
  if (!options.labels) return {};
  const size = fontSizeOf(context);
  const label = {
    show: true,
    position: stack ? ('inside' as const) : options.horizontal ? ('right' as const) : ('top' as const),
    fontSize: size,
    color: stack ? context.theme.surface : context.theme.textQuiet,
    // The column's own digits: bars of 8.88, 7.4 and 10 beside each other read as noise.
    formatter: ({ value }: { readonly value: unknown }) =>
      typeof value === 'number' ? formatNumber(formats, look, value, 'compact') : '',
    textBorderColor: context.theme.surface,
    textBorderWidth: stack ? 0 : 3,
  };
  return { label: label as NonNullable<BarSeriesOption['label']>, labelLayout: { hideOverlap: true } };
}

/** The outer end is rounded; inside a stack only its last layer would be, so stacks stay square. */
function corners({ options, stack }: Drawing): number[] {
  if (stack) return [0, 0, 0, 0];
  return options.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0];
}

function barSeries(drawing: Drawing, series: Series, color: string, context: ChartContext): BarSeriesOption {
  const { stack, table } = drawing;
  const fill = series.previous ? fade(context.theme.muted, 0.45) : color;
  const filling = {
    color: fade(fill.startsWith('#') ? fill : context.theme.muted, 0.4),
    borderColor: fill,
    borderType: 'dashed' as const,
    borderWidth: 1,
  };
  const data = series.values.map((value, index) =>
    index === table.partial && value !== null ? { value, itemStyle: filling } : { value: value ?? '-' },
  );
  return {
    type: 'bar',
    id: series.id,
    name: series.name,
    data,
    ...(stack ? { stack: 'total' } : {}),
    barMaxWidth: 48,
    barMinHeight: 0,
    barGap: '10%',
    barCategoryGap: table.xs.length > 40 ? '12%' : '28%',
    itemStyle: { color: fill, borderRadius: corners(drawing) },
    emphasis: { focus: drawing.series.length > 1 ? 'series' : 'none' },
    ...(series.previous ? {} : valueLabel(drawing, context)),
  };
}

const valueTexts = ({ series, formats, look }: Drawing): readonly string[] =>
  series.flatMap(({ values }) =>
    values.flatMap((value) => (value === null ? [] : [formatNumber(formats, look, value, 'compact')])),
  );

function marginsOf(drawing: Drawing, legend: number, context: ChartContext): Margins {
  const { axis, options, labels } = drawing;
  const top = (legend || 8) + (options.labels && !options.horizontal ? 8 : 0);
  const ends = options.labels && options.horizontal ? widest(valueTexts(drawing), fontSizeOf(context)) + 10 : 12;
  if (options.horizontal) {
    return {
      left: nameRoom(labels, context) + LABEL_GAP + 2,
      right: ends + 8,
      top: top + uprightRoom(drawing.lines, context),
      bottom: axisHeight(context) + (axis.unit ? 14 : 0),
    };
  }
  return { left: axis.width + LABEL_GAP + 2, right: 8, top: top + (axis.unit ? 18 : 0), bottom: axisHeight(context) };
}

function axesOf(drawing: Drawing, margins: Margins, context: ChartContext) {
  const { axis, labels, options, table, formats } = drawing;
  const size = fontSizeOf(context);
  const value = valueAxisOption(axis, context);
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
  const { table, series, options, axis, formats, result, stack, lines } = drawing;
  const legend = namingOf(series, context, false).top;
  const colors = seriesColors(series, context.theme);
  const margins = marginsOf(drawing, legend, context);
  const pixels = options.horizontal
    ? context.width - margins.left - margins.right
    : context.height - margins.top - margins.bottom;
  const perUnit = pixels / (axis.scale.max - axis.scale.min);
  const where = options.horizontal
    ? { axis: 'xAxis' as const, perUnit, inverse: true }
    : { axis: 'yAxis' as const, perUnit, nearby: nearbyOf(series, true) };
  const markLine = markLines(lines, where, context);
  const drawn = series.map((each) => barSeries(drawing, each, colors.get(each.id) ?? context.theme.muted, context));
  const approximate = table.series.some(({ column }) => isApproximate(result, column));
  const hover = { table, colors, formats, axis: options.axis, approximate, shares: stack };
  return {
    ...baseOption(context),
    grid: gridOption(margins),
    ...axesOf(drawing, margins, context),
    ...(legend > 0 ? { legend: legendOption(series, colors, context) } : {}),
    tooltip: axisTooltip(hover, context, 'shadow'),
    series: drawn.map((each, index) => (index === 0 ? { ...each, markLine } : each)),
  } as EChartsOption;
}
