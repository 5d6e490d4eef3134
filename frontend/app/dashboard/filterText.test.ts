import { describe, expect, it } from 'vitest';
import { filterLabel, filterSummary, toggleValue } from './filterText';

describe('filters in words', () => {
  it.each([
    [[], null],
    [['JFK'], 'JFK'],
    [['JFK', 'LGA', 'EWR', 'BOS'], 'JFK, LGA +2'],
    [[null, true], 'No value, Yes'],
    [{}, null],
    [{ min: 5 }, 'from 5'],
    [{ max: 0 }, 'up to 0'],
    [{ min: 0, max: 60 }, '0 to 60'],
  ])('%j reads %s', (value, text) => {
    expect(filterSummary(value)).toBe(text);
  });

  it('names a filter by its label, else by its field', () => {
    expect(filterLabel({ field: 'dep_delay', stream: 'flights' })).toBe('Dep delay');
    expect(filterLabel({ field: 'dep_delay', stream: 'flights', label: 'Delay' })).toBe('Delay');
  });
});

describe('choosing values', () => {
  it('adds, takes away, and replaces where only one may stand', () => {
    expect(toggleValue(['a'], 'b', true)).toEqual(['a', 'b']);
    expect(toggleValue(['a', 'b'], 'a', true)).toEqual(['b']);
    expect(toggleValue(['a'], 'b', false)).toEqual(['b']);
    expect(toggleValue(['b'], 'b', false)).toEqual([]);
  });
});
