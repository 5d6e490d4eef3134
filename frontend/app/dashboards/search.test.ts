import { describe, expect, it } from 'vitest';
import type { DashboardSummary } from '../../core/types';
import { searchDashboards, sortDashboards, tagsOf } from './search';

const dashboards: readonly DashboardSummary[] = [
  {
    id: 'departures',
    title: 'Departures',
    description: 'New York flights, live',
    tags: ['demo', 'air'],
    widgets: 14,
    updated_at: 0,
  },
  { id: 'server', title: 'This server', tags: ['demo'], widgets: 9, updated_at: 0 },
  { id: 'orders', title: 'Orders', widgets: 3, updated_at: 0 },
];
const ids = (text: string, tag: string | null = null) => searchDashboards(dashboards, text, tag).map(({ id }) => id);

describe('the list of dashboards', () => {
  it('finds every word anywhere, whatever the case', () => {
    expect(ids('')).toEqual(['departures', 'server', 'orders']);
    expect(ids('LIVE york')).toEqual(['departures']);
    expect(ids('demo')).toEqual(['departures', 'server']);
    expect(ids('york orders')).toEqual([]);
  });

  it('narrows by tag', () => {
    expect(ids('', 'air')).toEqual(['departures']);
    expect(ids('server', 'air')).toEqual([]);
  });

  it('sorts by title as people do, or the last changed first', () => {
    const list = [
      { id: 'a', title: 'room 10', widgets: 1, updated_at: 5 },
      { id: 'b', title: 'Room 2', widgets: 1, updated_at: 9 },
      { id: 'c', title: 'Atrium', widgets: 1, updated_at: 5 },
    ];
    expect(sortDashboards(list, 'title').map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(sortDashboards(list, 'changed').map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });

  it('lists tags once, in order', () => {
    expect(tagsOf(dashboards)).toEqual(['air', 'demo']);
  });
});
