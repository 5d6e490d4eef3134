/** Places, the routes between them and filled regions, on an outline that was registered before. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import type { Column } from '../core/values';
import { baseOption, tooltipBase } from './base';
import { type ColorScale, colorScale } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { numbersOf, pick } from './frame';
import { colorKey } from './key';
import { areaRegions, pointSeries, routeSeries } from './map-series';
import { mapName } from './maps';
import { type MapOptions, optionsOf } from './options';
import { fitMap, type MapRect, type Region } from './projection';

/** One scale for points, routes and areas, so that a colour means one thing. */
function scaleOf(options: MapOptions, frames: Frames, context: ChartContext): ColorScale | null {
  const { points, routes, areas } = options;
  const found = [
    { result: frames.main, name: points?.color },
    { result: frames.main, name: areas?.value },
    { result: frames.parts['routes'] ?? null, name: routes?.color },
  ];
  const values = found.flatMap(({ result, name }) => (result && name ? numbersOf(result, pick(result, name)) : []));
  return values.length > 0 ? colorScale(context.theme, options.scale ?? {}, values, areas ? 'cell' : 'mark') : null;
}

/** The column that the colours mean, for the key. */
function coloredColumn(options: MapOptions, frames: Frames): Column | null {
  const { points, routes, areas } = options;
  const inMain = [points?.color, areas?.value].map((name) => (frames.main ? pick(frames.main, name) : null));
  const parts = frames.parts['routes'] ?? null;
  const found = [...inMain, parts ? pick(parts, routes?.color) : null].find((picked) => picked !== null);
  return found?.column ?? null;
}

const EDGE = 4;

/** We place the map ourselves: ECharts leaves a margin, and labels need to know where each dot will be. */
function rectOf(region: Region, key: boolean, context: ChartContext): MapRect {
  const below = key ? fontSizeOf(context) + 18 : 0;
  const rect = fitMap(region, Math.max(20, context.width - EDGE * 2), Math.max(20, context.height - EDGE * 2 - below));
  return { ...rect, left: rect.left + EDGE, top: rect.top + EDGE };
}

/** The option of a map; null before any result has come. */
export function mapOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const { main } = frames;
  const routes = frames.parts['routes'] ?? null;
  const any = main ?? routes;
  if (!any) return null;
  const { theme } = context;
  const options = optionsOf('map', widget);
  const region = options.region ?? 'world';
  const formats = formatsOf(context, any);
  const scale = scaleOf(options, frames, context);
  const column = coloredColumn(options, frames);
  const key = scale && column ? [colorKey(scale, column, formats, context)] : [];
  const rect = rectOf(region, key.length > 0, context);
  const shared = { context, formats, region, scale, rect };
  return {
    ...baseOption(context),
    geo: {
      map: mapName(region),
      // Outlines are projected already; ECharts must not squeeze them as it does raw degrees.
      aspectScale: 1,
      roam: false,
      silent: options.areas === undefined,
      regions: options.areas && main ? areaRegions(main, options.areas, shared) : [],
      ...rect,
      itemStyle: { areaColor: theme.land, borderColor: theme.border, borderWidth: 0.75 },
      label: { show: false },
      emphasis: { disabled: true },
    },
    tooltip: { ...tooltipBase(context), trigger: 'item' },
    graphic: key,
    series: [
      ...(options.routes && routes ? [routeSeries(routes, options.routes, shared)] : []),
      ...(options.points && main ? [pointSeries(main, options.points, shared)] : []),
    ],
  } as EChartsOption;
}
