/** Outlines of maps: from TopoJSON that ships with the app to what ECharts registers. Nothing is fetched here. */
import { type GeoStream, geoStream } from 'd3-geo';
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Widget } from '../core/documents';
import { optionsOf } from './options';
import { project, type Region, worldProjection } from './projection';

interface Named {
  readonly name?: string;
}

/** Guam, Samoa and the Marianas have no room beside the country; Antarctica would shrink everyone else. */
const LEFT_OUT: Readonly<Record<Region, ReadonlySet<string>>> = {
  us: new Set(['60', '66', '69']),
  world: new Set(['010']),
};

const OBJECT: Readonly<Record<Region, string>> = { us: 'states', world: 'countries' };

/** The name under which a map is registered. */
export const mapName = (region: Region): string => `nowboard-${region}`;

/** The chains of small islands west of Hawaii and Alaska reach further than the mainland is wide. */
const isFarIsle = (ring: readonly Position[]): boolean =>
  ring.every(([lon = 0, lat = 0]) => (lat < 30 ? lon < -161 : lat > 50 && (lon > 165 || lon < -168)));

function withoutFarIsles(geometry: Polygon | MultiPolygon): Polygon | MultiPolygon {
  if (geometry.type !== 'MultiPolygon') return geometry;
  const coordinates = geometry.coordinates.filter((polygon) => !isFarIsle(polygon[0] ?? []));
  return { type: 'MultiPolygon', coordinates };
}

/** A region in the plane of its map. */
export type Shape = Feature<MultiPolygon, { name: string; code: string }>;

const isRing = (ring: readonly Position[]): boolean => ring.length > 3;

function projectedStates(geometry: Polygon | MultiPolygon): Position[][][] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const place = ([lon = 0, lat = 0]: Position): Position[] => {
    const point = project('us', [lon, lat]);
    return point ? [point] : [];
  };
  return polygons.map((rings) => rings.map((ring) => ring.flatMap(place)).filter(isRing));
}

/** Collects the rings of a polygon as the projection cuts them at the edge of the map. */
function projectedCountries(geometry: Polygon | MultiPolygon): Position[][][] {
  const rings: Position[][] = [];
  let ring: Position[] = [];
  const sink: GeoStream = {
    point: (x, y) => ring.push([x, -y]),
    lineStart: () => {
      ring = [];
    },
    lineEnd: () => {
      rings.push([...ring, ...ring.slice(0, 1)]);
    },
    polygonStart: () => {},
    polygonEnd: () => {},
  };
  geoStream(geometry, worldProjection().stream(sink));
  return polygonsOf(rings.filter(isRing));
}

const signedArea = (ring: readonly Position[]): number =>
  ring.reduce((sum, [x = 0, y = 0], index) => {
    const [nextX = 0, nextY = 0] = ring[(index + 1) % ring.length] ?? [];
    return sum + x * nextY - nextX * y;
  }, 0);

function holds(outer: readonly Position[], [x = 0, y = 0]: Position): boolean {
  const xs = outer.map(([left = 0]) => left);
  const ys = outer.map(([, up = 0]) => up);
  return x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys);
}

/** Rings that turn as the largest one are outlines; the others are holes in the outline around them. */
function polygonsOf(rings: readonly Position[][]): Position[][][] {
  const areas = rings.map(signedArea);
  const largest = areas.reduce((most, area) => (Math.abs(area) > Math.abs(most) ? area : most), 0);
  const outlines = rings
    .filter((_, index) => Math.sign(areas[index] ?? 0) === Math.sign(largest))
    .map((ring) => [ring]);
  rings.forEach((ring, index) => {
    if (Math.sign(areas[index] ?? 0) === Math.sign(largest)) return;
    outlines.find(([outer]) => outer && holds(outer, ring[0] ?? []))?.push(ring);
  });
  return outlines;
}

/** The regions of a map with their names and codes, already projected. */
export function regionsOf(region: Region, topology: Topology): FeatureCollection<MultiPolygon> {
  const object = topology.objects[OBJECT[region]] as GeometryCollection<Named> | undefined;
  if (!object) throw new Error(`The map has no "${OBJECT[region]}".`);
  const { features } = feature(topology, object);
  const kept = features.filter(({ id }) => !LEFT_OUT[region].has(String(id)));
  const shapes = kept.map((each): Shape => {
    const outline = each.geometry as Polygon | MultiPolygon;
    const coordinates = region === 'us' ? projectedStates(withoutFarIsles(outline)) : projectedCountries(outline);
    const properties = { name: each.properties.name ?? '', code: String(each.id ?? '') };
    return { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates }, properties };
  });
  return { type: 'FeatureCollection', features: shapes };
}

/** `echarts.registerMap`; typed by hand, so that this bundle does not need its types. */
export type RegisterMap = (name: string, source: never) => void;

/** Registers a map with ECharts: `registerMapOutline(echarts.registerMap, 'us', topology)`. */
export function registerMapOutline(register: RegisterMap, region: Region, topology: Topology): void {
  register(mapName(region), regionsOf(region, topology) as never);
}

/** The map that must be registered before a widget can be drawn; null when it needs none. */
export function mapNeeded(widget: Widget): Region | null {
  return widget.kind === 'map' ? (optionsOf('map', widget).region ?? 'world') : null;
}
