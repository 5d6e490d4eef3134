import { describe, expect, it } from 'vitest';
import type { Widget } from '../core/documents';
import type { Row } from '../core/values';
import type { ChartContext } from './context';
import { chartOption } from './option';
import { context, dimension, frames, HOUR, measured, result, START, time, widget } from './testing/fixtures';

interface Drawn {
  readonly id: string;
  readonly name: string;
  readonly data: readonly { readonly value: readonly unknown[]; readonly symbol: string }[];
  readonly lineStyle: { readonly type: unknown; readonly color: string };
  readonly markLine?: {
    readonly data: readonly {
      readonly name: string;
      readonly yAxis: number;
      readonly label: { readonly position: string };
    }[];
  };
  readonly endLabel?: { readonly formatter: () => string };
}

interface Line {
  readonly series: readonly Drawn[];
  readonly legend?: { readonly data: readonly { readonly name: string }[] };
  readonly yAxis: {
    readonly min: number;
    readonly max: number;
    readonly name: string;
    readonly axisLabel: { readonly formatter: (value: number) => string };
  };
  readonly xAxis: {
    readonly axisLabel: { readonly customValues: number[]; readonly formatter: (value: number) => string };
  };
  readonly tooltip: { readonly formatter: (params: unknown) => string };
}

const flights = measured('flights', { label: 'Departures', type: 'integer' });
const at = (hour: number): number => START + hour * HOUR;
const grain = { grain: '1h' };

function draw(
  drawn: Widget,
  rows: readonly Row[],
  columns = [time, flights],
  part: Partial<ChartContext> = {},
  more = {},
): Line {
  const option = chartOption(drawn, frames(result(columns, rows, { ...grain, ...more })), context(part));
  if (!option) throw new Error('Nothing was drawn.');
  return option as unknown as Line;
}

const find = (line: Line, id: string): Drawn => {
  const found = line.series.find((series) => series.id === id);
  if (!found) throw new Error(`No series ${id} among ${line.series.map((series) => series.id).join(', ')}`);
  return found;
};

const split = [time, dimension('origin'), flights];
const bySeries = (names: readonly string[], value: (index: number) => number): Row[] =>
  [0, 1, 2].flatMap((hour) => names.map((name, index): Row => [at(hour), name, value(index) + hour]));

describe('a line', () => {
  it('keeps gaps, and shows a value between two gaps as a dot', () => {
    const line = draw(widget('line', 'L'), [
      [at(0), 1],
      [at(1), null],
      [at(2), 3],
      [at(3), null],
      [at(4), 5],
      [at(5), 6],
    ]);
    const { data } = find(line, 'm:flights');
    expect(data.map(({ value }) => value[1])).toEqual([1, '-', 3, '-', 5, 6]);
    expect(data.map(({ symbol }) => symbol)).toEqual(['circle', 'none', 'circle', 'none', 'none', 'none']);
  });

  it('dashes the step towards a bucket that is still filling', () => {
    const rows: Row[] = [
      [at(0), 1],
      [at(1), 2],
      [at(2), 1],
    ];
    const filling = draw(widget('line', 'L'), rows, [time, flights], {}, { asOf: at(2.5) });
    expect(find(filling, 'm:flights').data.map(({ value }) => value[1])).toEqual([1, 2, '-']);
    expect(find(filling, 'm:flights:partial').data.map(({ value }) => value)).toEqual([
      [at(1), 2],
      [at(2), 1],
    ]);
    expect(filling.tooltip.formatter([{ axisValue: at(2) }])).toContain('So far');
    const complete = draw(widget('line', 'L'), rows, [time, flights], {}, { asOf: at(3) });
    expect(complete.series.map(({ id }) => id)).toEqual(['m:flights']);
    expect(complete.tooltip.formatter([{ axisValue: at(2) }])).not.toContain('So far');
  });

  it('thins to the width without losing a peak', () => {
    const rows = Array.from(
      { length: 5000 },
      (_, index): Row => [START + index * 1000, index === 3210 ? 999 : index % 7],
    );
    const { data } = find(
      draw(widget('line', 'L'), rows, [time, flights], { width: 400 }, { grain: '1s', asOf: START + 1e7 }),
      'm:flights',
    );
    expect(data.length).toBeLessThanOrEqual(410);
    expect(data.some(({ value }) => value[1] === 999)).toBe(true);
    expect(data[0]?.value[0]).toBe(START);
    expect(data.at(-1)?.value[0]).toBe(START + 4_999_000);
  });

  it('names up to four series at their ends and more in a legend, largest first', () => {
    const four = draw(
      widget('line', 'L'),
      bySeries(['A', 'B', 'C', 'D'], (index) => index * 10),
      split,
    );
    expect(four.legend).toBeUndefined();
    expect(four.series.map(({ endLabel }) => endLabel?.formatter())).toEqual(['D', 'C', 'B', 'A']);
    const five = draw(
      widget('line', 'L'),
      bySeries(['A', 'B', 'C', 'D', 'E'], (index) => (index * 7) % 5),
      split,
    );
    expect(five.legend?.data.map(({ name }) => name)).toEqual(['C', 'E', 'B', 'D', 'A']);
    expect(five.series.every(({ endLabel }) => endLabel === undefined)).toBe(true);
  });

  it('keeps the colour of a series when the ranks change', () => {
    const colors = (value: (index: number) => number): Record<string, string> =>
      Object.fromEntries(
        draw(widget('line', 'L'), bySeries(['A', 'B', 'C'], value), split).series.map(({ name, lineStyle }) => [
          name,
          lineStyle.color,
        ]),
      );
    expect(colors((index) => index)).toEqual(colors((index) => -index));
  });

  it('keeps the colour of a measure when the ranks change', () => {
    const columns = [time, measured('events'), measured('messages')];
    const color = (last: Row, name: string) =>
      draw(widget('line', 'L'), [[at(0), 1, 1], last], columns).series.find((each) => each.name === name)?.lineStyle
        .color;
    for (const name of ['Events', 'Messages']) {
      expect(color([START + HOUR, 9, 1], name)).toEqual(color([START + HOUR, 1, 9], name));
    }
    expect(color([START + HOUR, 9, 1], 'Events')).not.toEqual(color([START + HOUR, 9, 1], 'Messages'));
  });

  it('mutes series after the eighth instead of repeating colours', () => {
    const names = Array.from({ length: 12 }, (_, index) => `S${index}`);
    const { series } = draw(
      widget('line', 'L'),
      bySeries(names, (index) => index),
      split,
    );
    const colors = series.map(({ lineStyle }) => lineStyle.color);
    expect(new Set(colors).size).toBe(9);
    expect(colors.filter((color) => color === context().theme.muted)).toHaveLength(4);
  });

  it('draws and names thresholds and the goal of its metric', () => {
    const options = { thresholds: [{ value: 20, label: 'Late', tone: 'bad' }] };
    const line = draw(
      widget('line', 'L', options),
      [
        [at(0), 5],
        [at(1), 6],
      ],
      [time, { ...flights, goal: 12 }],
    );
    expect(line.series[0]?.markLine?.data.map(({ name, yAxis }) => [name, yAxis])).toEqual([
      ['Goal', 12],
      ['Late', 20],
    ]);
    expect(line.yAxis.max).toBeGreaterThanOrEqual(20);
  });

  it('names a threshold at the end that the line stays away from', () => {
    const options = { thresholds: [{ value: 10, label: 'Limit' }] };
    const place = (values: readonly number[]) => {
      const line = draw(
        widget('line', 'L', options),
        values.map((value, hour): Row => [at(hour), value]),
      );
      return line.series[0]?.markLine?.data[0]?.label.position;
    };
    expect(place([10, 10, 30, 30, 30, 30])).toBe('insideEndTop');
    expect(place([30, 30, 30, 30, 10, 10])).toBe('insideStartTop');
    expect(place([30, 1, 30, 30, 8, 8])).toBe('insideEndTop');
  });

  it('shows the compared period as a quiet dashed line', () => {
    const before = { name: 'flights__previous', type: 'integer', role: 'previous', of: 'flights' } as const;
    const line = draw(
      widget('line', 'L', { compare: 'Yesterday' }),
      [
        [at(0), 5, 4],
        [at(1), 6, 7],
      ],
      [time, flights, before],
    );
    expect(find(line, 'p:flights')).toMatchObject({ name: 'Yesterday', lineStyle: { type: [4, 3] } });
    expect(line.tooltip.formatter([{ axisValue: at(1) }])).toMatch(/Departures.*6.*Yesterday.*7/s);
  });

  it('names bucket and zone, lists the largest first and escapes every text', () => {
    const rows: Row[] = [
      [at(9), '<img src=x onerror=alert(1)>', 1234.5],
      [at(9), 'B & C', 99_999],
    ];
    const html = draw(widget('line', 'L'), rows, [
      time,
      dimension('origin'),
      measured('delay', { unit: 'min' }),
    ]).tooltip.formatter([{ axisValue: at(9) }]);
    expect(html).toContain('Tue, 18 Nov 2025, 09:00–10:00 GMT-5');
    expect(html.indexOf('B &amp; C')).toBeLessThan(html.indexOf('&lt;img'));
    expect(html).toContain('99,999\u202fmin');
    expect(html).not.toMatch(/<img|style=/);
  });

  it('names the unit once and keeps numbers on the axis short', () => {
    const line = draw(
      widget('line', 'L'),
      [
        [at(0), 12_000],
        [at(1), 48_000],
      ],
      [time, measured('events', { unit: 'events' })],
    );
    expect(line.yAxis.name).toBe('events');
    expect(line.yAxis.axisLabel.formatter(40_000)).toBe('40k');
  });

  it('follows a zoom with its ticks', () => {
    const rows = Array.from({ length: 24 }, (_, hour): Row => [at(hour), hour]);
    const line = draw(widget('line', 'L'), rows, [time, flights], { zoom: [at(8), at(9)] });
    const { customValues, formatter } = line.xAxis.axisLabel;
    expect(customValues.every((tick) => tick >= at(8) && tick <= at(9))).toBe(true);
    expect(customValues.map(formatter)).toContain('08:30');
  });
});

describe('an area', () => {
  it('starts at zero, and stacks to the sum', () => {
    const rows = bySeries(['A', 'B'], () => 100);
    const stacked = draw(widget('area', 'A', { stack: true }), rows, split);
    expect(stacked.yAxis.min).toBe(0);
    expect(stacked.yAxis.max).toBeGreaterThanOrEqual(204);
  });

  it('shows shares of a whole', () => {
    const shares = draw(
      widget('area', 'A', { percent: true }),
      [
        [at(0), 'A', 1],
        [at(0), 'B', 3],
        [at(1), 'A', 0],
        [at(1), 'B', 0],
      ],
      split,
    );
    expect(shares.yAxis.max).toBe(1);
    expect(find(shares, 's:B').data.map(({ value }) => value[1])).toEqual([0.75, '-']);
  });
});
