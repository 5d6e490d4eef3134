import { describe, expect, it } from 'vitest';
import { filterLabel, filterSummary, offered, toggleValue } from './filterText';

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

describe('what is offered', () => {
  const airlines = [
    { value: 'UA', rows: 9, label: 'United Air Lines' },
    { value: 'B6', rows: 5, label: 'JetBlue Airways' },
    { value: 'Delta', rows: 2, label: 'Delta' },
    { value: 7, rows: 1 },
  ];
  const values = (chosen: readonly string[], search: string) =>
    offered(airlines, chosen, search).map(({ value }) => value);

  it('is found by its code and by its label', () => {
    expect(values([], 'ua')).toEqual(['UA']);
    expect(values([], ' air')).toEqual(['UA', 'B6']);
    expect(values([], '7')).toEqual([7]);
    expect(values([], 'nowhere')).toEqual([]);
  });

  it('begins with what is chosen and not there any more', () => {
    expect(values(['ZZ', 'UA'], '')).toEqual(['ZZ', 'UA', 'B6', 'Delta', 7]);
  });

  it('repeats nothing', () => {
    expect(offered(airlines, [], 'delta')).toEqual([{ value: 'Delta', rows: 2 }]);
    expect(offered(airlines, [], 'united')[0]?.label).toBe('United Air Lines');
  });
});
