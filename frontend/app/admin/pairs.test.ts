import { describe, expect, it } from 'vitest';
import { fromRows, readCell, toRows, writeCell } from './pairs';

describe('attributes as rows', () => {
  it('reads lists, numbers and text as people type them', () => {
    expect(readCell(' north ')).toBe('north');
    expect(readCell('v1, v2')).toEqual(['v1', 'v2']);
    expect(readCell('12')).toBe(12);
    expect(readCell('["v1"]')).toEqual(['v1']);
    expect(readCell('1, 2')).toEqual([1, 2]);
  });

  it('comes back as it was', () => {
    const attributes = { line: 'north', vessels: ['v1', 'v2'], one: ['v1'], port: '12', limit: 12, on: true, no: [] };
    expect(fromRows(toRows(attributes))).toEqual(attributes);
    expect(writeCell('a, b')).toBe('"a, b"');
  });

  it('leaves out rows without a name', () => {
    expect(fromRows([{ id: 0, key: ' ', value: 'x' }])).toEqual({});
  });
});
