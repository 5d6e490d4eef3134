/** Cells, dots, bins and maps. */
import type { Row } from '../../core/values';
import { daily, dimension, frames, measured, result, widget } from './fixtures';
import { delay, type Example, flights, hours, roll } from './shared';

export function grids(): Example[] {
  const heat = [1, 2, 3, 4, 5, 6, 7].flatMap((day) =>
    hours.slice(5).map((hour): Row => [day, hour, hour === 5 && day > 5 ? null : daily(hour) / 4 + day + roll() * 4]),
  );
  const cohort = [0, 1, 2, 3, 4, 5].flatMap((month) =>
    Array.from(
      { length: 6 - month },
      (_, period): Row => [
        Date.UTC(2025, 5 + month, 1, 4),
        period,
        Math.max(0.05, 1 / (1 + period * 0.55) + roll() * 0.05),
      ],
    ),
  );
  const heatColumns = [dimension('weekday', { type: 'integer' }), dimension('hour', { type: 'integer' }), delay];
  const dots = Array.from(
    { length: 60 },
    (_, index): Row => [
      `D${index}`,
      200 + roll() * 2400,
      -4 + roll() * 40,
      Math.round(roll() * 900),
      ['East', 'West', 'South'][index % 3] ?? 'East',
    ],
  );
  const scatterColumns = [dimension('dest'), measured('distance', { unit: 'mi' }), delay, flights, dimension('coast')];
  const bins = Array.from(
    { length: 16 },
    (_, index): Row => [index * 15 - 30, Math.round(4000 * Math.exp(-((index - 2) ** 2) / 5) + 30)],
  );
  return [
    {
      widget: widget('heatmap', 'When it gets late', {
        x: 'hour',
        y: 'weekday',
        x_axis: 'hour',
        y_axis: 'weekday',
        scale: { better: 'lower' },
      }),
      frames: frames(result(heatColumns, heat)),
    },
    {
      widget: widget('heatmap', 'The same with numbers', {
        x: 'hour',
        y: 'weekday',
        x_axis: 'hour',
        y_axis: 'weekday',
        labels: true,
      }),
      width: 860,
      frames: frames(result(heatColumns, heat)),
    },
    {
      widget: widget('cohort', 'Who came back', { cohort: 'month', period: 'age', value: 'share' }),
      frames: frames(
        result(
          [
            dimension('month', { type: 'timestamp' }),
            dimension('age', { type: 'integer' }),
            measured('share', { format: 'percent', decimals: 0 }),
          ],
          cohort,
        ),
      ),
    },
    {
      widget: widget('scatter', 'Distance and delay', {
        x: 'distance',
        y: 'delay',
        size: 'flights',
        label: 'dest',
        color: 'coast',
        thresholds: [{ value: 15, label: 'Late', tone: 'warn' }],
      }),
      frames: frames(result(scatterColumns, dots)),
    },
    {
      widget: widget('histogram', 'How late', {
        bin: 'bin',
        value: 'flights',
        width: 15,
        unit: 'min',
        thresholds: [{ value: 15, label: 'Late', tone: 'bad' }],
      }),
      frames: frames(result([dimension('bin', { type: 'float' }), flights], bins)),
    },
  ];
}

const AIRPORTS: readonly (readonly [string, number, number])[] = [
  ['ATL', 33.64, -84.43],
  ['ORD', 41.98, -87.9],
  ['LAX', 33.94, -118.41],
  ['BOS', 42.36, -71.01],
  ['MCO', 28.43, -81.31],
  ['CLT', 35.21, -80.94],
  ['SFO', 37.62, -122.38],
  ['MIA', 25.79, -80.29],
  ['DCA', 38.85, -77.04],
  ['DFW', 32.9, -97.04],
  ['SEA', 47.45, -122.31],
  ['DEN', 39.86, -104.67],
  ['ANC', 61.17, -150.0],
  ['HNL', 21.32, -157.92],
  ['SJU', 18.44, -66.0],
  ['PHX', 33.43, -112.01],
  ['MSP', 44.88, -93.22],
];

export function maps(): Example[] {
  const columns = [
    dimension('dest'),
    dimension('lat', { type: 'float' }),
    dimension('lon', { type: 'float' }),
    flights,
    delay,
  ];
  const points = AIRPORTS.map(
    ([name, lat, lon]): Row => [name, lat, lon, Math.round(20 + roll() * 400), roll() * 30 - 4],
  );
  const routeColumns = ['from_lat', 'from_lon', 'to_lat', 'to_lon'].map((name) => dimension(name, { type: 'float' }));
  const routes = AIRPORTS.map(
    ([name, lat, lon], index): Row => [
      `JFK to ${name}`,
      40.64,
      -73.78,
      lat,
      lon,
      points[index]?.[3] ?? 0,
      points[index]?.[4] ?? 0,
    ],
  );
  const options = {
    points: { lat: 'lat', lon: 'lon', label: 'dest', size: 'flights', color: 'delay' },
    routes: {
      from_lat: 'from_lat',
      from_lon: 'from_lon',
      to_lat: 'to_lat',
      to_lon: 'to_lon',
      label: 'route',
      value: 'flights',
      color: 'delay',
    },
    scale: { kind: 'diverging', middle: 10, better: 'lower' },
  };
  const parts = { routes: result([dimension('route'), ...routeColumns, flights, delay], routes) };
  const states = ['CA', 'TX', 'NY', 'FL', 'Washington', 'AK', 'HI', 'CO'].map((name): Row => [name, roll() * 100]);
  return [
    {
      widget: widget('map', 'Where they fly', { ...options, region: 'us' }),
      width: 760,
      height: 440,
      frames: frames(result(columns, points), parts),
    },
    {
      widget: widget('map', 'On the world', { ...options, region: 'world' }),
      width: 760,
      height: 400,
      frames: frames(result(columns, points), parts),
    },
    {
      widget: widget('map', 'By state', { region: 'us', areas: { id: 'state', value: 'orders' } }),
      frames: frames(result([dimension('state'), measured('orders')], states)),
    },
  ];
}
