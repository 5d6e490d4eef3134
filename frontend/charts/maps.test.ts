import { readFileSync } from 'node:fs';
import * as echarts from 'echarts';
import { describe, expect, it } from 'vitest';
import { mapNeeded, regionsOf, registerMapOutline } from './maps';
import { chartOption } from './option';
import { fitMap, isOn, type Point, pieceOf, pixelOf, planeOf, project } from './projection';
import { stateName } from './states';
import { context, dimension, frames, result, widget } from './testing/fixtures';

const outline = (file: string) => JSON.parse(readFileSync(new URL(`../node_modules/${file}`, import.meta.url), 'utf8'));
const us = outline('us-atlas/states-10m.json');
const world = outline('world-atlas/countries-110m.json');

const places: Readonly<Record<string, Point>> = {
  JFK: [-73.78, 40.64],
  SEA: [-122.31, 47.45],
  MIA: [-80.29, 25.79],
  ANC: [-150, 61.17],
  HNL: [-157.92, 21.32],
  SJU: [-66, 18.44],
};

const on = (name: string): Point => project('us', places[name] ?? [0, 0]) ?? [Number.NaN, Number.NaN];

describe('the United States', () => {
  it('keeps east, west, north and south, and moves the far parts close', () => {
    expect(on('SEA')[0]).toBeLessThan(on('JFK')[0]);
    expect(on('SEA')[1]).toBeGreaterThan(on('MIA')[1]);
    const xs = Object.keys(places).map((name) => on(name)[0]);
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(1100);
    expect(on('ANC')[1]).toBeLessThan(on('SEA')[1]);
    expect(on('HNL')[0]).toBeGreaterThan(on('ANC')[0]);
  });

  it.each([
    ['ANC', 'alaska'],
    ['HNL', 'hawaii'],
    ['SJU', 'caribbean'],
    ['MIA', 'mainland'],
  ])('%s lies in %s', (name, piece) => {
    expect(pieceOf(places[name] ?? [0, 0])).toBe(piece);
  });

  it('has its states, and none of the islands that would shrink it', () => {
    const { features } = regionsOf('us', us);
    const names = features.map(({ properties }) => properties?.['name']);
    expect(names).toContain('California');
    expect(names).toContain('Puerto Rico');
    expect(names).not.toContain('Guam');
    const xs = features.flatMap(({ geometry }) => geometry.coordinates.flat(2).map(([x = 0]) => x));
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(1100);
  });

  it('knows states by name and code', () => {
    const names = regionsOf('us', us).features.map(({ properties }) => properties?.['name']);
    for (const code of ['ca', 'NY', 'DC', 'PR', 'Texas']) expect(names).toContain(stateName(code));
  });
});

describe('the world', () => {
  it('is cut at its edge: no outline runs across the whole map', () => {
    for (const { geometry, properties } of regionsOf('world', world).features) {
      for (const ring of geometry.coordinates.flat()) {
        ring.slice(1).forEach(([x = 0], index) => {
          expect(Math.abs(x - (ring[index]?.[0] ?? x)), String(properties?.['name'])).toBeLessThan(100);
        });
      }
    }
  });

  it('keeps holes as holes', () => {
    const africa = regionsOf('world', world).features.find(({ properties }) => properties?.['name'] === 'South Africa');
    expect(africa?.geometry.coordinates.some((rings) => rings.length === 2)).toBe(true);
  });
});

describe.each([
  ['us', us],
  ['world', world],
] as const)('the plane of %s', (region, topology) => {
  it('is the one that its outlines fill', () => {
    const points = regionsOf(region, topology).features.flatMap(({ geometry }) => geometry.coordinates.flat(2));
    const { minX, maxX, minY, maxY } = planeOf(region);
    const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
    expect(Math.min(...xs)).toBeCloseTo(minX, 1);
    expect(Math.max(...xs)).toBeCloseTo(maxX, 1);
    expect(Math.min(...ys)).toBeCloseTo(minY, 1);
    expect(Math.max(...ys)).toBeCloseTo(maxY, 1);
  });

  it('fills a drawing as far as its shape allows', () => {
    const rect = fitMap(region, 800, 300);
    expect(rect.height).toBeCloseTo(300, 6);
    expect(rect.left).toBeCloseTo((800 - rect.width) / 2, 6);
    const { minX, maxX, minY, maxY } = planeOf(region);
    expect(pixelOf(region, [minX, maxY], rect)).toEqual([rect.left, rect.top]);
    expect(pixelOf(region, [maxX, minY], rect)).toEqual([rect.left + rect.width, rect.top + rect.height]);
  });
});

it('puts dots where ECharts puts them', () => {
  registerMapOutline(echarts.registerMap, 'us', us);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 700, height: 420 });
  const shown = result([dimension('lat', { type: 'float' }), dimension('lon', { type: 'float' })], [[40.64, -73.78]]);
  const option = chartOption(
    widget('map', 'M', { region: 'us', points: { lat: 'lat', lon: 'lon' } }),
    frames(shown),
    context({ width: 700, height: 420 }),
  );
  if (!option) throw new Error('Nothing was drawn.');
  chart.setOption(option);
  const fitted = fitMap('us', 692, 412);
  const [x, y] = pixelOf('us', on('JFK'), { ...fitted, left: fitted.left + 4, top: fitted.top + 4 });
  const [drawnX = 0, drawnY = 0] = [chart.convertToPixel('geo', on('JFK'))].flat() as number[];
  chart.dispose();
  expect(Math.hypot(drawnX - x, drawnY - y)).toBeLessThan(1);
});

it('knows which places a map reaches', () => {
  expect(isOn('us', -0.45, 51.47)).toBe(false);
  expect(isOn('world', -0.45, 51.47)).toBe(true);
  expect(isOn('world', 200, 0)).toBe(false);
  expect(isOn('us', null, 40)).toBe(false);
});

it('registers under the name that maps ask for', () => {
  const registered: string[] = [];
  registerMapOutline((name) => registered.push(name), 'us', us);
  expect(registered).toEqual(['nowboard-us']);
  expect(mapNeeded(widget('map', 'M', { region: 'us' }))).toBe('us');
  expect(mapNeeded(widget('map', 'M'))).toBe('world');
  expect(mapNeeded(widget('bar', 'B'))).toBeNull();
});
