import { describe, expect, it } from 'vitest';
import type { TableCell, TableRow } from '../../charts/index';
import type { Value } from '../../core/types';
import { columnWidths, filterRows, fitWidths, type GridHead, nextSorting, passes, sortRows } from './grid';

const heads: readonly GridHead[] = [
  { name: 'flight', title: 'Flight', unit: '', align: 'start', numeric: false },
  { name: 'delay', title: 'Delay', unit: 'min', align: 'end', numeric: true },
];
const cell = (value: Value): TableCell => ({
  value,
  text: value === null ? '–' : String(value),
  bar: null,
  heat: null,
});
const row = (flight: string, delay: Value): TableRow => ({ key: flight, cells: [cell(flight), cell(delay)] });
const rows = [row('UA 10', 5), row('ua 9', null), row('B6 2', -3), row('AA 1', '12345678901234567890')];
const keys = (found: readonly TableRow[]) => found.map(({ key }) => key);

describe('sorting', () => {
  it('keeps the order of the server until asked', () => {
    expect(sortRows(rows, heads, null)).toBe(rows);
  });

  it('puts missing values last in both directions', () => {
    expect(keys(sortRows(rows, heads, { column: 1, descending: true }))).toEqual(['AA 1', 'UA 10', 'B6 2', 'ua 9']);
    expect(keys(sortRows(rows, heads, { column: 1, descending: false }))).toEqual(['B6 2', 'UA 10', 'AA 1', 'ua 9']);
  });

  it('reads numbers inside texts', () => {
    expect(keys(sortRows(rows, heads, { column: 0, descending: false }))).toEqual(['AA 1', 'B6 2', 'ua 9', 'UA 10']);
  });

  it('goes from the useful end to the other and back to the server', () => {
    const first = nextSorting(null, 1, true);
    expect(first).toEqual({ column: 1, descending: true });
    expect(nextSorting(first, 1, true)).toEqual({ column: 1, descending: false });
    expect(nextSorting({ column: 1, descending: false }, 1, true)).toBeNull();
    expect(nextSorting(first, 0, false)).toEqual({ column: 0, descending: false });
  });
});

describe('filtering', () => {
  it.each([
    ['>4', true],
    ['> 5', false],
    ['<=5', true],
    ['=5', true],
    ['1..5', true],
    ['6..9', false],
    ['5', true],
    ['', true],
    ['x', false],
  ])('5 passes %j: %s', (typed, expected) => {
    expect(passes(cell(5), typed, true)).toBe(expected);
  });

  it('looks for words whatever their case', () => {
    expect(keys(filterRows(rows, heads, { 0: 'ua' }))).toEqual(['UA 10', 'ua 9']);
    expect(keys(filterRows(rows, heads, { 0: 'ua', 1: '>0' }))).toEqual(['UA 10']);
    expect(filterRows(rows, heads, { 0: ' ' })).toBe(rows);
  });

  it('takes signs literally where there are no numbers', () => {
    expect(passes(cell('>4 late'), '>4', false)).toBe(true);
  });
});

describe('column widths', () => {
  it('follow the longest text within reason; numbers and titles never give way', () => {
    const [flight, delay] = columnWidths(heads, rows);
    expect(flight).toEqual({ wanted: 79, least: 65 });
    expect(delay).toEqual({ wanted: 166, least: 166 });
    expect(columnWidths(heads, [row('x'.repeat(90), 1)])[0]).toEqual({ wanted: 240, least: 132 });
  });

  const columns = [
    { wanted: 200, least: 100 },
    { wanted: 100, least: 100 },
  ];

  it.each([
    [600, [400, 200]],
    [300, [200, 100]],
    [250, [150, 100]],
    [120, [100, 100]],
  ])('fill %i pixels', (available, expected) => {
    expect(fitWidths(columns, available)).toEqual(expected);
  });

  it('survives a table without columns', () => {
    expect(fitWidths([], 500)).toEqual([]);
  });
});
