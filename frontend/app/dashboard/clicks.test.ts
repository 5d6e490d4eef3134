import { describe, expect, it } from 'vitest';
import type { Result, Row } from '../../core/types';
import { clickEffect, toggled } from './clicks';

const result = (rows: readonly Row[]): Result => ({
  columns: [
    { name: 'region', type: 'string', role: 'dimension' },
    { name: 'channel', type: 'string', role: 'dimension' },
    { name: 'orders', type: 'integer', role: 'measure' },
  ],
  rows,
  epoch: 'e',
  offset: 1,
  asOf: 0,
  key: ['region', 'channel'],
  order: [],
  limit: null,
  mode: 'live',
  approximate: [],
  window: null,
  grain: null,
  timezone: null,
  truncated: false,
});
const sold = result([
  ['north', 'web', 3],
  ['north', 'shop', 5],
  ['south', null, 2],
]);

describe('a click', () => {
  it('filters by the column called as the field, or by another one', () => {
    const row = sold.rows[0] ?? [];
    expect(clickEffect({ filter: 'region' }, sold, row)).toEqual({ kind: 'filter', field: 'region', value: 'north' });
    const other = clickEffect({ filter: 'sales.channel', column: 'channel' }, sold, row);
    expect(other).toEqual({ kind: 'filter', field: 'sales.channel', value: 'web' });
    expect(clickEffect({ filter: 'gone' }, sold, row)).toBeNull();
  });

  it('leads to another dashboard with values of the row and fixed ones', () => {
    const clicks = { dashboard: 'region', filters: { region: 'region', state: ['open'] } };
    expect(clickEffect(clicks, sold, sold.rows[2] ?? [])).toEqual({
      kind: 'go',
      dashboard: 'region',
      filters: { region: ['south'], state: ['open'] },
    });
  });

  it('lifts what it set when it comes again', () => {
    const once = toggled({ other: ['x'] }, 'region', 'north');
    expect(once).toEqual({ other: ['x'], region: ['north'] });
    expect(toggled(once, 'region', 'north')).toEqual({ other: ['x'], region: [] });
    expect(toggled(once, 'region', 'south')).toEqual({ other: ['x'], region: ['south'] });
  });
});
