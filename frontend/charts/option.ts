/** One function from widget and frames to an ECharts option, the same on the page and on the server. */
import type { EChartsOption } from 'echarts';
import type { Widget, WidgetKind } from '../core/documents';
import { barOption } from './bar';
import { cohortOption } from './cohort';
import type { ChartContext, Frames } from './context';
import { funnelOption } from './funnel';
import { gaugeOption } from './gauge';
import { heatmapOption } from './heatmap';
import { histogramOption } from './histogram';
import { lineOption } from './line';
import { mapOption } from './map';
import { pieOption } from './pie';
import { sankeyOption } from './sankey';
import { scatterOption } from './scatter';
import { sparklineOption } from './sparkline';
import { treemapOption } from './treemap';

type Draw = (widget: Widget, frames: Frames, context: ChartContext) => EChartsOption | null;

const DRAWN: Readonly<Partial<Record<WidgetKind, Draw>>> = {
  line: lineOption,
  area: lineOption,
  bar: barOption,
  pie: pieOption,
  gauge: gaugeOption,
  sparkline: sparklineOption,
  heatmap: heatmapOption,
  map: mapOption,
  scatter: scatterOption,
  histogram: histogramOption,
  funnel: funnelOption,
  cohort: cohortOption,
  treemap: treemapOption,
  sankey: sankeyOption,
};

/** Whether ECharts draws this kind; the others have view models. */
export const isDrawn = (kind: WidgetKind): boolean => DRAWN[kind] !== undefined;

/** The option of a widget; null for a kind that is not drawn, or when there is nothing to draw. */
export function chartOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  return DRAWN[widget.kind]?.(widget, frames, context) ?? null;
}
