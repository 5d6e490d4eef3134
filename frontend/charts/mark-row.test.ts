import { describe, expect, it } from 'vitest';
import type { Widget } from '../core/documents';
import type { Result } from '../core/values';
import { type ClickedMark, rowOfMark } from './mark-row';
import { context, dimension, HOUR, measured, result, START, time, widget } from './testing/fixtures';

const sold = result(
  [dimension('region'), dimension('channel'), measured('orders')],
  [
    ['north', 'web', 3],
    ['north', 'shop', 5],
    ['south', null, 2],
  ],
);

const row = (drawn: Widget, of: Result, mark: ClickedMark) => rowOfMark(drawn, of, mark, context());

describe('the row behind a mark', () => {
  it('is found by the place of a bar and by its series', () => {
    const bars = widget('bar', 'Orders');
    expect(row(bars, sold, { name: 'north', dataIndex: 0, seriesId: 's:shop' })).toEqual(['north', 'shop', 5]);
    expect(row(bars, sold, { name: 'south', dataIndex: 1, seriesId: 's:None' })).toEqual(['south', null, 2]);
    expect(row(bars, sold, { name: 'south', dataIndex: 1, seriesId: 's:web' })).toBeNull();
  });

  it('is found where the axis writes numbers in words and shows values without data', () => {
    const weekday = dimension('weekday', { type: 'integer' });
    const days = result(
      [weekday, measured('orders')],
      [
        [3, 7],
        [1, 4],
      ],
    );
    const bars = widget('bar', 'Days', { axis: 'weekday' });
    expect(row(bars, days, { name: 'Mon', dataIndex: 0, seriesId: 'm:orders' })).toEqual([1, 4]);
    expect(row(bars, days, { name: 'Wed', dataIndex: 2, seriesId: 'm:orders' })).toEqual([3, 7]);
    expect(row(bars, days, { name: 'Tue', dataIndex: 1, seriesId: 'm:orders' })).toBeNull();
  });

  it('is found on a line by the moment, also on its last piece', () => {
    const hourly = result(
      [time, dimension('channel'), measured('orders')],
      [
        [START, 'web', 3],
        [START + HOUR, 'web', 5],
      ],
      { grain: '1h' },
    );
    const line = widget('line', 'Orders');
    const mark = { name: '', dataIndex: 0, value: [START + HOUR, 5] };
    expect(row(line, hourly, { ...mark, seriesId: 's:web' })).toEqual([START + HOUR, 'web', 5]);
    expect(row(line, hourly, { ...mark, seriesId: 's:web:partial' })).toEqual([START + HOUR, 'web', 5]);
    expect(row(line, hourly, { ...mark, seriesId: 's:shop' })).toBeNull();
  });

  it('is the one of a cell', () => {
    const heat = widget('heatmap', 'Pairs');
    expect(row(heat, sold, { name: '', dataIndex: 1, value: [0, 1, 5] })).toEqual(['north', 'shop', 5]);
    expect(row(heat, sold, { name: '', dataIndex: 9 })).toBeNull();
  });

  it('is found by the name of a slice, also of a number, and there is none for several', () => {
    const pie = widget('pie', 'Shares');
    const tills = result(
      [dimension('till', { type: 'integer' }), measured('orders')],
      [
        [1, 2],
        [2, 1],
      ],
    );
    expect(row(pie, tills, { name: '1', seriesId: 'pie' })).toEqual([1, 2]);
    expect(row(pie, sold, { name: 'south', seriesId: 'pie' })).toEqual(['south', null, 2]);
    expect(row(pie, sold, { name: 'Other (3)', seriesId: 'pie' })).toBeNull();
  });
});
