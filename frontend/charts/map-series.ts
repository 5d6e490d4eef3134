/** The layers of a map: places, the routes between them, and filled regions. */
import type { LinesSeriesOption, ScatterSeriesOption } from 'echarts';
import { type Formats, formatValue } from '../core/format';
import type { Result, Row } from '../core/values';
import type { ColorScale } from './color';
import { type ChartContext, fontSizeOf } from './context';
import { numberAt, numbersOf, type Picked, pick, titleOf, valueAt } from './frame';
import { placeLabels } from './labels';
import { dotSize } from './marks';
import type { MapAreas, MapPoints, MapRoutes } from './options';
import { isOn, type MapRect, type Point, pixelOf, project, type Region } from './projection';
import { stateName } from './states';
import { tooltipHtml } from './tooltip';

export interface MapShared {
  readonly context: ChartContext;
  readonly formats: Formats;
  readonly region: Region;
  /** One scale for all layers, so that a colour means one thing. */
  readonly scale: ColorScale | null;
  /** Where the map stands in the drawing. */
  readonly rect: MapRect;
}

/** Every column that a layer shows, once, with its value in full. */
function hover(
  result: Result,
  names: readonly (string | undefined)[],
  formats: Formats,
  row: Row,
  head: string,
): string {
  const columns = [...new Set(names)].flatMap((name) => pick(result, name) ?? []);
  const lines = columns.map((picked) => ({
    color: null,
    name: titleOf(picked.column),
    value: formatValue(formats, picked.column, valueAt(row, picked), 'exact'),
  }));
  return tooltipHtml({ head, lines });
}

/** Looks up what an event of ECharts points at. */
function pointed<T>(shown: readonly T[], text: (one: T) => string) {
  return (params: unknown): string => {
    const found = shown[(params as { readonly dataIndex?: number }).dataIndex ?? -1];
    return found === undefined ? '' : text(found);
  };
}

const most = (values: readonly number[]): number => values.reduce((largest, value) => Math.max(largest, value), 0);

const nameOf = (row: Row, label: Picked | null): string => (label ? String(valueAt(row, label) ?? '') : '');

function placeOf(row: Row, lon: Picked | null, lat: Picked | null, region: Region): Point | null {
  const [x, y] = [numberAt(row, lon), numberAt(row, lat)];
  return x !== null && y !== null && isOn(region, x, y) ? project(region, [x, y]) : null;
}

function colorAt(row: Row, color: Picked | null, scale: ColorScale | null, otherwise: string): string {
  const value = numberAt(row, color);
  return scale && value !== null ? scale.color(value) : otherwise;
}

interface Place {
  readonly row: Row;
  readonly at: Point;
  readonly diameter: number;
}

/** Pixels of map per name; with more names than that the map is a list. */
const PER_NAME = 16_000;

/** Names where there is room, for the largest places first. */
function labelsOf(places: readonly Place[], label: Picked | null, { context, region, rect }: MapShared, size: number) {
  const dots = places.map(({ row, at, diameter }) => {
    const [x, y] = pixelOf(region, at, rect);
    return { x, y, radius: diameter / 2, text: nameOf(row, label) };
  });
  const names = Math.max(4, Math.round((context.width * context.height) / PER_NAME));
  return placeLabels(dots, context.width, context.height, size, names);
}

function placesOf(result: Result, points: MapPoints, { context, region }: MapShared): readonly Place[] {
  const size = pick(result, points.size);
  const [lon, lat] = [pick(result, points.lon), pick(result, points.lat)];
  const largest = most(numbersOf(result, size));
  const range: [number, number] = [4, Math.max(12, Math.min(24, context.width / 28))];
  const placed = result.rows.flatMap((row): Place[] => {
    const at = placeOf(row, lon, lat, region);
    return at ? [{ row, at, diameter: size ? dotSize(numberAt(row, size), largest, range) : 8 }] : [];
  });
  // Large dots go below, so that none hides a smaller one.
  return placed.toSorted((a, b) => b.diameter - a.diameter);
}

export function pointSeries(result: Result, points: MapPoints, shared: MapShared): ScatterSeriesOption {
  const { context, scale, formats } = shared;
  const { theme } = context;
  const label = pick(result, points.label);
  const color = pick(result, points.color);
  const fontSize = fontSizeOf(context) - 1;
  const places = placesOf(result, points, shared);
  const sides = labelsOf(places, label, shared, fontSize);
  const text = {
    formatter: '{b}',
    distance: 4,
    color: theme.text,
    fontSize,
    textBorderColor: theme.surface,
    textBorderWidth: 3,
  };
  const data = places.map(({ row, at, diameter }, index) => {
    const side = sides.get(index);
    const fill = colorAt(row, color, scale, theme.categorical[0] ?? theme.accent);
    return {
      name: nameOf(row, label),
      value: at,
      symbolSize: diameter,
      itemStyle: { color: fill, borderColor: theme.surface, borderWidth: 1 },
      label: side ? { show: true, position: side, ...text } : { show: false },
    };
  });
  const hovered = ({ row }: Place): string =>
    hover(result, [points.size, points.color], formats, row, nameOf(row, label));
  return {
    type: 'scatter',
    id: 'points',
    coordinateSystem: 'geo',
    z: 5,
    data,
    tooltip: { formatter: pointed(places, hovered) },
  };
}

const WIDTHS: [number, number] = [0.75, 4];

export function routeSeries(
  result: Result,
  routes: MapRoutes,
  { context, region, scale, formats }: MapShared,
): LinesSeriesOption {
  const from = [pick(result, routes.from_lon), pick(result, routes.from_lat)] as const;
  const to = [pick(result, routes.to_lon), pick(result, routes.to_lat)] as const;
  const label = pick(result, routes.label);
  const value = pick(result, routes.value);
  const color = pick(result, routes.color);
  const largest = most(numbersOf(result, value));
  const shown = result.rows.flatMap((row) => {
    const [start, end] = [placeOf(row, ...from, region), placeOf(row, ...to, region)];
    return start && end ? [{ row, coords: [start, end] }] : [];
  });
  const data = shown.map(({ row, coords }) => ({
    name: nameOf(row, label),
    coords,
    lineStyle: {
      color: colorAt(row, color, scale, context.theme.accent),
      width: value ? dotSize(numberAt(row, value), largest, WIDTHS) : 1.25,
      opacity: 0.5,
      curveness: 0.18,
    },
  }));
  return {
    type: 'lines',
    id: 'routes',
    coordinateSystem: 'geo',
    z: 4,
    data,
    tooltip: {
      formatter: pointed(shown, ({ row }) =>
        hover(result, [routes.value, routes.color], formats, row, nameOf(row, label)),
      ),
    },
  };
}

/** Filled regions, as options of the outline itself. */
export function areaRegions(result: Result, areas: MapAreas, { context, region, scale, formats }: MapShared) {
  const id = pick(result, areas.id);
  const value = pick(result, areas.value);
  return result.rows.flatMap((row) => {
    const text = String(valueAt(row, id) ?? '');
    const name = region === 'us' ? stateName(text) : text;
    const number = numberAt(row, value);
    if (number === null || !scale) return [];
    const itemStyle = { areaColor: scale.color(number), borderColor: context.theme.border };
    return [{ name, itemStyle, tooltip: { formatter: () => hover(result, [areas.value], formats, row, name) } }];
  });
}
