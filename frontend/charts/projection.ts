/** Map projections: the United States with its far parts moved close, and the world. */
import { type GeoProjection, geoAlbers, geoConicEqualArea, geoNaturalEarth1 } from 'd3-geo';

export type Point = [number, number];

export type Region = 'us' | 'world';

const SCALE = 1070;

/** Alaska is drawn at a third of its size, the islands larger than they are, as on most maps of the country. */
function pieces(): Readonly<Record<Piece, GeoProjection>> {
  return {
    mainland: geoAlbers().scale(SCALE).translate([0, 0]),
    alaska: geoConicEqualArea()
      .rotate([154, 0])
      .center([-2, 58.5])
      .parallels([55, 65])
      .scale(SCALE * 0.35)
      .translate([-0.307 * SCALE, 0.201 * SCALE]),
    hawaii: geoConicEqualArea()
      .rotate([157, 0])
      .center([-3, 19.9])
      .parallels([8, 18])
      .scale(SCALE)
      .translate([-0.205 * SCALE, 0.212 * SCALE]),
    caribbean: geoConicEqualArea()
      .rotate([66, 0])
      .center([0, 18])
      .parallels([8, 18])
      .scale(SCALE * 1.4)
      .translate([0.33 * SCALE, 0.224 * SCALE]),
  };
}

type Piece = 'mainland' | 'alaska' | 'hawaii' | 'caribbean';

/** The part of the country that a place belongs to. */
export function pieceOf([lon, lat]: Point): Piece {
  if (lat > 50 && (lon < -129 || lon > 170)) return 'alaska';
  if (lat < 30 && lon < -150) return 'hawaii';
  return lat < 20 && lon > -70 ? 'caribbean' : 'mainland';
}

interface Made {
  readonly us: Readonly<Record<Piece, GeoProjection>>;
  readonly world: GeoProjection;
}

let made: Made | null = null;

/** Made at first use and kept: a map asks for them once per place and update. */
function projections(): Made {
  made ??= { us: pieces(), world: geoNaturalEarth1().scale(160).translate([0, 0]) };
  return made;
}

/** The projection with which a whole outline is clipped and drawn. */
export const worldProjection = (): GeoProjection => projections().world;

/** A place in the plane of its map, y upwards as in ECharts' maps; null where the map does not reach. */
export function project(region: Region, [lon, lat]: Point): Point | null {
  const { us, world } = projections();
  const projection = region === 'us' ? us[pieceOf([lon, lat])] : world;
  const point = projection([lon, lat]);
  return point ? [point[0], -point[1]] : null;
}

/** Whether a place can be drawn on a map of `region`. */
export function isOn(region: Region, lon: number | null, lat: number | null): boolean {
  if (lon === null || lat === null || Math.abs(lat) > 90 || Math.abs(lon) > 180) return false;
  if (region === 'world') return true;
  return lat > 15 && lat < 72 && (lon < -60 || lon > 170);
}

/** The plane that the outlines of a map fill; held against them by maps.test.ts. */
export interface Plane {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

const PLANES: Readonly<Record<Region, Plane>> = {
  us: { minX: -386.05, maxX: 388.52, minY: -248.22, maxY: 240.36 },
  world: { minX: -432.4, maxX: 432.4, minY: -155.7, maxY: 220.6 },
};

export const planeOf = (region: Region): Plane => PLANES[region];

/** Where a map stands in a drawing, in pixels. */
export interface MapRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The largest place for a map in `width` by `height` pixels, in the middle of them. */
export function fitMap(region: Region, width: number, height: number): MapRect {
  const { minX, maxX, minY, maxY } = planeOf(region);
  const scale = Math.min(width / (maxX - minX), height / (maxY - minY));
  const [across, down] = [(maxX - minX) * scale, (maxY - minY) * scale];
  return { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
}

/** The pixel of a point of the plane. */
export function pixelOf(region: Region, [x, y]: Point, rect: MapRect): Point {
  const { minX, maxX, minY, maxY } = planeOf(region);
  return [rect.left + ((x - minX) / (maxX - minX)) * rect.width, rect.top + ((maxY - y) / (maxY - minY)) * rect.height];
}
