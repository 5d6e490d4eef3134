import { describe, expect, it } from 'vitest';
import type { Result, Row } from '../../core/types';
import { newestFrames } from './newest';

const result = (rows: readonly Row[]): Result => ({
  columns: [
    { name: 'time', type: 'timestamp', role: 'time' },
    { name: 'load', type: 'float', role: 'measure' },
    { name: 'users', type: 'integer', role: 'measure' },
  ],
  rows,
  epoch: 'e',
  offset: 1,
  asOf: 0,
  key: ['time'],
  order: [{ column: 'time' }],
  limit: null,
  mode: 'live',
  approximate: [],
  window: null,
  grain: '1m',
  timezone: null,
  truncated: false,
});
const rows = (list: readonly Row[], column: string | null) =>
  newestFrames({ main: result(list), parts: {} }, column).main?.rows;

describe('the newest number of a series', () => {
  it('passes over buckets that are still empty', () => {
    const list = [
      [0, 1.5, 7],
      [1, 2.5, null],
      [2, null, null],
    ] as const;
    expect(rows(list, null)).toEqual([[1, 2.5, null]]);
    expect(rows(list, 'users')).toEqual([[0, 1.5, 7]]);
  });

  it('keeps a zero, and survives nothing', () => {
    expect(rows([[0, 0, 1]], 'load')).toEqual([[0, 0, 1]]);
    expect(rows([[0, null, null]], 'load')).toEqual([]);
    expect(rows([], null)).toEqual([]);
    expect(newestFrames({ main: null, parts: {} }, null).main).toBeNull();
  });
});
