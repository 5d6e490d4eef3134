/** Lines, areas and the cases that are easy to get wrong. */
import type { Row } from '../../core/values';
import { daily, dimension, frames, HOUR, measured, result, START, time, widget } from './fixtures';
import { CARRIERS, delay, type Example, flights, grain, hourly, hours, roll } from './shared';

export function lines(): Example[] {
  const previous = { name: 'flights__previous', type: 'integer', role: 'previous', of: 'flights' } as const;
  const byAirport = hours
    .slice(0, 19)
    .flatMap((hour) =>
      ['JFK', 'LGA', 'EWR'].map(
        (name, index): Row => [
          START + hour * HOUR,
          name,
          Math.round(daily(hour) * (0.6 + index * 0.15) * (0.9 + roll() * 0.2)),
        ],
      ),
    );
  const byCarrier = hours
    .slice(0, 19)
    .flatMap((hour) =>
      CARRIERS.map(
        (name, index): Row => [START + hour * HOUR, name, Math.round(daily(hour) * (1 - index * 0.08) + roll() * 9)],
      ),
    );
  const gappy = hourly((hour) => [
    hour > 5 && hour < 9 ? null : hour === 12 ? null : hour === 14 ? null : 8 + roll() * 14,
  ]);
  const dense = Array.from(
    { length: 4000 },
    (_, index): Row => [
      START + index * 20_000,
      400 + 300 * Math.sin(index / 300) + roll() * 80 + (index === 2500 ? 900 : 0),
    ],
  );
  return [
    {
      widget: widget('line', 'Departures per hour', { compare: 'Yesterday' }),
      frames: frames(
        result(
          [time, flights, previous],
          hourly((hour) => [Math.round(daily(hour) * 1.1), Math.round(daily(hour) * (0.9 + roll() * 0.2))]),
          grain,
        ),
      ),
    },
    {
      widget: widget('line', 'By airport', { smooth: true }),
      frames: frames(result([time, dimension('origin'), flights], byAirport, grain)),
    },
    {
      widget: widget('line', 'By airline, ten of them'),
      frames: frames(result([time, dimension('carrier'), flights], byCarrier, grain)),
    },
    {
      widget: widget('line', 'Delay with gaps, goal and limit', {
        thresholds: [
          { value: 20, label: 'Late', tone: 'bad' },
          { value: 15, label: 'Watch', tone: 'warn' },
        ],
      }),
      frames: frames(result([time, { ...delay, goal: 12, better: 'lower' }], gappy, grain)),
    },
    {
      widget: widget('line', 'Events ingested, dense'),
      frames: frames(
        result([time, measured('events', { unit: 'events/s' })], dense, { grain: '20s', asOf: START + 4000 * 20_000 }),
      ),
    },
    {
      widget: widget('area', 'Stacked by airport', { stack: true }),
      frames: frames(result([time, dimension('origin'), flights], byAirport, grain)),
    },
    {
      widget: widget('area', 'Shares by airport', { percent: true }),
      frames: frames(result([time, dimension('origin'), flights], byAirport, grain)),
    },
    {
      widget: widget('area', 'One area, bytes'),
      frames: frames(
        result(
          [time, measured('network', { format: 'bytes' })],
          hourly((hour) => [daily(hour) * 3.2e7]),
          grain,
        ),
      ),
    },
    {
      widget: widget('line', 'Phone', {}),
      width: 300,
      height: 220,
      frames: frames(result([time, dimension('origin'), flights], byAirport, grain)),
    },
  ];
}
