/** A line without axes. The newest value stands beside it as a number, drawn by the page. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import type { Result } from '../core/values';
import { axisTooltip } from './axis-tooltip';
import { baseOption } from './base';
import { fade } from './color';
import { type ChartContext, type Frames, formatsOf } from './context';
import { isApproximate } from './frame';
import { lineSeries } from './line-series';
import { optionsOf } from './options';
import { valueScale } from './scale';
import { type SeriesTable, type SeriesWish, seriesOf } from './series';

const LOOK = { area: false, stack: false, smooth: false, points: false, count: 1 };

/** The one series of a sparkline. */
export function sparkTable(result: Result, wish: SeriesWish): SeriesTable | null {
  const table = seriesOf(result, wish);
  const first = table?.series.find((series) => !series.previous);
  return table && first ? { ...table, series: [first] } : null;
}

/** A sparkline of any result; the kpi uses it for its trend. */
export function sparkOption(
  result: Result,
  wish: SeriesWish,
  fill: boolean,
  context: ChartContext,
): EChartsOption | null {
  const table = sparkTable(result, wish);
  const series = table?.series[0];
  if (!table || !series) return null;
  const { theme } = context;
  const values = series.values.filter((value) => value !== null);
  const scale = valueScale(values, { zero: false, steps: 2 });
  const drawn = lineSeries(series, table, theme.accent, LOOK, { kind: 'none', room: 0, top: 0 }, context);
  const xs = table.xs.map(Number);
  const shade = fill ? { areaStyle: { color: fade(theme.accent, 0.12), opacity: 1, origin: 'start' as const } } : {};
  const hover = {
    table,
    colors: new Map([[series.id, theme.accent]]),
    formats: formatsOf(context, result),
    approximate: isApproximate(result, series.column),
  };
  return {
    ...baseOption(context),
    grid: { left: 1, right: 4, top: 4, bottom: 2, outerBoundsMode: 'none' },
    xAxis: table.time
      ? { type: 'time', show: false, min: xs[0] ?? 0, max: xs.at(-1) ?? 1 }
      : { type: 'category', show: false, boundaryGap: false, data: table.xs.map(String) },
    yAxis: { type: 'value', show: false, min: scale.min, max: scale.max },
    tooltip: axisTooltip(hover, context, 'line'),
    series: drawn.map((each) => ({ ...each, lineStyle: { ...each.lineStyle, width: 1.75 }, ...shade })),
  } as EChartsOption;
}

export function sparklineOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const { x, y, fill = true } = optionsOf('sparkline', widget);
  const wish: SeriesWish = { ...(x ? { x } : {}), ...(y ? { y: [y] } : {}) };
  return frames.main ? sparkOption(frames.main, wish, fill, context) : null;
}
