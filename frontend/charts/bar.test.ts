import { describe, expect, it } from 'vitest';
import type { Widget } from '../core/documents';
import type { Row } from '../core/values';
import { chartOption } from './option';
import { context, dimension, frames, HOUR, measured, result, START, time, widget } from './testing/fixtures';

interface Bar {
  readonly series: readonly {
    readonly id: string;
    readonly data: readonly { readonly value: unknown; readonly itemStyle?: object }[];
    readonly stack?: string;
  }[];
  readonly xAxis: {
    readonly data: readonly string[];
    readonly type: string;
    readonly axisLabel: {
      readonly interval: (index: number, value: string) => boolean;
      readonly formatter: (value: string) => string;
    };
  };
  readonly yAxis: {
    readonly min: number;
    readonly max: number;
    readonly inverse?: boolean;
    readonly data?: readonly string[];
  };
  readonly tooltip: { readonly formatter: (params: unknown) => string };
}

const flights = measured('flights');

function draw(drawn: Widget, columns: Parameters<typeof result>[0], rows: readonly Row[], part = {}, size = {}): Bar {
  const option = chartOption(drawn, frames(result(columns, rows, part)), context(size));
  if (!option) throw new Error('Nothing was drawn.');
  return option as unknown as Bar;
}

describe('bars', () => {
  it('stand on zero, also far from it and below it', () => {
    expect(
      draw(
        widget('bar', 'B'),
        [dimension('c'), flights],
        [
          ['a', 1000],
          ['b', 1001],
        ],
      ).yAxis.min,
    ).toBe(0);
    const losses = draw(
      widget('bar', 'B'),
      [dimension('c'), flights],
      [
        ['a', -5],
        ['b', -6],
      ],
    ).yAxis;
    expect([losses.max, losses.min <= -6]).toEqual([0, true]);
  });

  it('show all weekdays in their order, also those without data', () => {
    const bar = draw(
      widget('bar', 'B', { axis: 'weekday' }),
      [dimension('day', { type: 'integer' }), flights],
      [
        [7, 1],
        [1, 2],
      ],
    );
    expect(bar.xAxis.data).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
    expect(bar.series[0]?.data.map(({ value }) => value)).toEqual([2, '-', '-', '-', '-', '-', 1]);
  });

  it('lie down with the first row on top', () => {
    const { yAxis } = draw(
      widget('bar', 'B', { horizontal: true }),
      [dimension('c'), flights],
      [
        ['a', 2],
        ['b', 1],
      ],
    );
    expect(yAxis).toMatchObject({ inverse: true, data: ['a', 'b'] });
  });

  it('stack only when there is something to stack', () => {
    const rows: Row[] = [
      ['a', 'x', 1],
      ['a', 'y', 2],
    ];
    const columns = [dimension('c'), dimension('s'), flights];
    expect(draw(widget('bar', 'B', { stack: true }), columns, rows).series.map(({ stack }) => stack)).toEqual([
      'total',
      'total',
    ]);
    expect(
      draw(widget('bar', 'B', { stack: true }), [dimension('c'), flights], [['a', 1]]).series[0]?.stack,
    ).toBeUndefined();
    const shares = draw(widget('bar', 'B', { percent: true }), columns, rows);
    expect(shares.series.flatMap(({ data }) => data.map(({ value }) => value))).toEqual([2 / 3, 1 / 3]);
    expect(shares.tooltip.formatter([{ dataIndex: 0 }])).toContain('66.7%');
  });

  it('mark the bucket that is still filling and label time on round moments', () => {
    const rows = Array.from({ length: 30 }, (_, hour): Row => [START + hour * HOUR, hour]);
    const bar = draw(widget('bar', 'B'), [time, flights], rows, { grain: '1h', asOf: START + 29.5 * HOUR });
    const data = bar.series[0]?.data ?? [];
    expect(data.at(-1)?.itemStyle).toBeDefined();
    expect(data.at(-2)?.itemStyle).toBeUndefined();
    const { interval, formatter } = bar.xAxis.axisLabel;
    const labels = bar.xAxis.data.filter((value, index) => interval(index, value)).map(formatter);
    expect(labels).toContain('19 Nov');
    expect(labels.every((label) => /^\d\d:00$|Nov$/.test(label))).toBe(true);
  });

  it('cut names that are too long for their band', () => {
    const rows = Array.from({ length: 6 }, (_, index): Row => [`A rather long airline name ${index}`, 1]);
    const { xAxis } = draw(widget('bar', 'B'), [dimension('c'), flights], rows, {}, { width: 600 });
    expect(
      xAxis.data.map((name) => xAxis.axisLabel.formatter(name)).every((text) => text.endsWith('…') && text.length < 16),
    ).toBe(true);
  });
});
