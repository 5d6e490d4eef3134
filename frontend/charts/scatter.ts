/** A dot per row; its area and colour may mean something, and dots with room around them are named. */
import type { EChartsOption, ScatterSeriesOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatValue } from '../core/format';
import { compareCodePoints } from '../core/order';
import type { Result } from '../core/values';
import {
  baseOption,
  gridOption,
  LABEL_GAP,
  type Margins,
  plainAxis,
  tooltipBase,
  type ValueAxis,
  valueAxisFor,
  valueAxisOption,
} from './base';
import { fade } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { numbersOf, type Picked, titleOf, valueAt } from './frame';
import { placeLabels, type Side } from './labels';
import { legendHeight, selectedOf } from './legend';
import { type Encoding, encodingOf, type Mark, marksOf } from './marks';
import { optionsOf, type Threshold } from './options';
import { besideRoom, markLines } from './thresholds';
import { tooltipHtml } from './tooltip';
import { axisHeight } from './x-axis';

interface Plot {
  readonly margins: Margins;
  readonly width: number;
  readonly height: number;
  readonly x: ValueAxis;
  readonly y: ValueAxis;
}

function plotOf(
  result: Result,
  encoding: Encoding,
  thresholds: readonly Threshold[],
  legend: number,
  context: ChartContext,
): Plot {
  const formats = formatsOf(context, result);
  const ups = [...numbersOf(result, encoding.y), ...thresholds.map(({ value }) => value)];
  const y = valueAxisFor(context, formats, encoding.y.column, ups, { zero: false, pixels: context.height * 0.75 });
  const margins = {
    left: y.width + LABEL_GAP + 2,
    right: 16 + besideRoom(thresholds, context),
    top: (legend || 4) + 20,
    bottom: axisHeight(context) + 18,
  };
  const width = Math.max(40, context.width - margins.left - margins.right);
  const height = Math.max(40, context.height - margins.top - margins.bottom);
  const x = valueAxisFor(context, formats, encoding.x.column, numbersOf(result, encoding.x), {
    zero: false,
    pixels: width * 0.6,
  });
  return { margins, width, height, x, y };
}

function sidesOf(marks: readonly Mark[], plot: Plot, size: number): ReadonlyMap<number, Side> {
  const along = ({ scale }: ValueAxis, value: number): number => (value - scale.min) / (scale.max - scale.min);
  const dots = marks.map(({ at, diameter, name }) => ({
    x: along(plot.x, at[0]) * plot.width,
    y: (1 - along(plot.y, at[1])) * plot.height,
    radius: diameter / 2,
    text: name,
  }));
  return placeLabels(dots, plot.width, plot.height, size);
}

function hoverOf({ x, y, size, color }: Encoding, formats: Formats, { row, name }: Mark): string {
  const columns = [x, y, size, color].flatMap((picked) => (picked ? [picked] : []));
  const lines = columns.map((picked) => ({
    color: null,
    name: titleOf(picked.column),
    value: formatValue(formats, picked.column, valueAt(row, picked), 'exact'),
  }));
  return tooltipHtml({ head: name, lines });
}

function seriesFor(
  group: string,
  marks: readonly Mark[],
  sides: ReadonlyMap<Mark, Side>,
  context: ChartContext,
): ScatterSeriesOption {
  const { theme } = context;
  const text = { color: theme.textQuiet, fontSize: fontSizeOf(context), formatter: '{b}', distance: 4 };
  const data = marks.map((mark) => {
    const side = sides.get(mark);
    return {
      name: mark.name,
      value: mark.at,
      symbolSize: mark.diameter,
      itemStyle: { color: fade(mark.color, 0.72), borderColor: mark.color, borderWidth: 1 },
      label: side ? { show: true, position: side, ...text } : { show: false },
    };
  });
  return {
    type: 'scatter',
    id: `g:${group}`,
    name: group,
    data,
    itemStyle: { color: marks[0]?.color ?? theme.muted },
    emphasis: { focus: 'self' },
  };
}

function axesOf({ x, y }: Encoding, plot: Plot, context: ChartContext) {
  const text = { color: context.theme.textQuiet, fontSize: fontSizeOf(context) };
  const named = (picked: Picked, unit: string): string =>
    unit === '' ? titleOf(picked.column) : `${titleOf(picked.column)} (${unit})`;
  const base = valueAxisOption(plot.x, context);
  const line = { ...plainAxis(context).axisLine, onZero: false };
  const below = { nameLocation: 'middle' as const, nameGap: axisHeight(context) + 4, nameTextStyle: text };
  return {
    xAxis: { ...base, axisLine: line, splitLine: { show: false }, name: named(x, plot.x.unit), ...below },
    yAxis: { ...valueAxisOption(plot.y, context), name: named(y, plot.y.unit) },
  };
}

/** The option of a scatter chart; null without its two columns. */
export function scatterOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const encoding = result ? encodingOf(widget, result) : null;
  if (!result || !encoding) return null;
  const thresholds = optionsOf('scatter', widget).thresholds ?? [];
  const size = fontSizeOf(context);
  const marks = marksOf(result, encoding, context);
  const groups = [...new Set(marks.map(({ group }) => group))].sort(compareCodePoints);
  const plot = plotOf(result, encoding, thresholds, groups.length > 1 ? legendHeight(groups, context) : 0, context);
  const places = sidesOf(marks, plot, size);
  const sides = new Map(
    marks
      .flatMap((mark, index) => [[mark, places.get(index)] as const])
      .filter((pair): pair is [Mark, Side] => pair[1] !== undefined),
  );
  const perUnit = plot.height / (plot.y.scale.max - plot.y.scale.min);
  const formats = formatsOf(context, result);
  const parts = groups.map((group) => marks.filter((mark) => mark.group === group));
  const legend = {
    type: 'scroll',
    top: 0,
    left: 0,
    icon: 'circle',
    itemWidth: 10,
    itemHeight: 10,
    padding: [2, 0],
    selected: selectedOf(groups, context),
    inactiveColor: context.theme.lineStrong,
    textStyle: { color: context.theme.textQuiet, fontSize: size },
  };
  const hover = ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }): string => {
    const mark = parts[seriesIndex]?.[dataIndex];
    return mark ? hoverOf(encoding, formats, mark) : '';
  };
  const series = groups.map((group, index) => seriesFor(group, parts[index] ?? [], sides, context));
  const markLine = markLines(thresholds, { axis: 'yAxis', perUnit, beside: true }, context);
  return {
    ...baseOption(context),
    grid: gridOption(plot.margins),
    ...axesOf(encoding, plot, context),
    ...(groups.length > 1 ? { legend } : {}),
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hover },
    series: series.map((each, index) => (index === 0 ? { ...each, markLine } : each)),
  } as EChartsOption;
}
