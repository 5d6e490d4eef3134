/** Bars, and shares of a whole. */
import type { Row } from '../../core/values';
import { daily, dimension, frames, measured, result, time, widget } from './fixtures';
import { CARRIERS, type Example, flights, grain, hourly, roll } from './shared';

export function bars(): Example[] {
  const byCarrier = CARRIERS.map((name, index): Row => [name, Math.round(5200 / (index + 1.2))]);
  const byOrigin = CARRIERS.slice(0, 6).flatMap((carrier, index) =>
    ['JFK', 'LGA', 'EWR'].map(
      (origin, place): Row => [carrier, origin, Math.round((900 / (index + 1)) * (1 + place * 0.3))],
    ),
  );
  const weekdays = [1, 2, 3, 5, 6, 7].map((day): Row => [day, Math.round(700 + roll() * 300)]);
  return [
    {
      widget: widget('bar', 'By airline, horizontal', { horizontal: true, labels: true }),
      frames: frames(result([dimension('carrier'), flights], byCarrier)),
    },
    {
      widget: widget('bar', 'By airline and airport, stacked', { stack: true }),
      frames: frames(result([dimension('carrier'), dimension('origin'), flights], byOrigin)),
    },
    {
      widget: widget('bar', 'By airline and airport, grouped'),
      frames: frames(result([dimension('carrier'), dimension('origin'), flights], byOrigin)),
    },
    {
      widget: widget('bar', 'By weekday', { axis: 'weekday', labels: true }),
      frames: frames(result([dimension('weekday', { type: 'integer' }), flights], weekdays)),
    },
    {
      widget: widget('bar', 'Per hour, with a goal'),
      frames: frames(
        result(
          [time, { ...flights, goal: 70 }],
          hourly((hour) => [Math.round(daily(hour))]),
          grain,
        ),
      ),
    },
    {
      widget: widget('bar', 'Change, with losses', { thresholds: [{ value: -0.2, label: 'Floor', tone: 'bad' }] }),
      frames: frames(
        result(
          [dimension('carrier'), measured('change', { format: 'percent' })],
          CARRIERS.slice(0, 7).map((name, index): Row => [name, (index - 3) / 10 + 0.05]),
        ),
      ),
    },
  ];
}

export function shares(): Example[] {
  const byCarrier = CARRIERS.map((name, index): Row => [name, Math.round(5200 / (index + 1.2))]);
  return [
    {
      widget: widget('pie', 'By airport'),
      width: 300,
      frames: frames(
        result(
          [dimension('origin'), flights],
          [
            ['EWR', 120_835],
            ['JFK', 111_279],
            ['LGA', 104_662],
          ],
        ),
      ),
    },
    {
      widget: widget('pie', 'By airline', { max_slices: 6 }),
      frames: frames(result([dimension('carrier'), flights], byCarrier)),
    },
    {
      widget: widget('gauge', 'CPU', {
        bands: [
          { to: 70, tone: 'good', label: 'Calm' },
          { to: 90, tone: 'warn', label: 'Busy' },
          { to: 100, tone: 'bad', label: 'Full' },
        ],
      }),
      width: 280,
      height: 220,
      frames: frames(result([measured('cpu', { unit: '%' })], [[63.4]])),
    },
    {
      widget: widget('gauge', 'On time', { min: 0, max: 1, target: 0.8 }),
      width: 280,
      height: 220,
      frames: frames(result([measured('on_time', { format: 'percent' })], [[0.742]])),
    },
    {
      widget: widget('sparkline', 'Open sockets'),
      width: 260,
      height: 60,
      frames: frames(
        result(
          [time, measured('sockets')],
          hourly((hour) => [daily(hour) + 10]),
          grain,
        ),
      ),
    },
    {
      widget: widget('funnel', 'Sign-up'),
      frames: frames(
        result(
          [dimension('step'), measured('people', { type: 'integer' })],
          [
            ['Visited', 12_400],
            ['Signed up', 4_200],
            ['Sent an event', 2_950],
            ['Invited a colleague', 640],
          ],
        ),
      ),
    },
    {
      widget: widget('treemap', 'Requests', { path: ['area', 'route'], value: 'calls' }),
      frames: frames(
        result(
          [dimension('area'), dimension('route'), measured('calls')],
          [
            ['live', 'WS /live', 900],
            ['live', 'GET /live/sse', 240],
            ['query', 'POST /query', 620],
            ['query', 'GET /streams', 120],
            ['ingest', 'POST /events', 1400],
            ['admin', 'GET /health', 80],
          ],
        ),
      ),
    },
    {
      widget: widget('sankey', 'From where to where', { source: 'origin', target: 'dest', value: 'flights' }),
      frames: frames(
        result(
          [dimension('origin'), dimension('dest'), flights],
          [
            ['JFK', 'LAX', 110],
            ['JFK', 'SFO', 82],
            ['LGA', 'ATL', 104],
            ['LGA', 'ORD', 88],
            ['EWR', 'ORD', 61],
            ['EWR', 'BOS', 53],
          ],
        ),
      ),
    },
  ];
}
