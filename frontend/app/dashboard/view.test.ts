import { describe, expect, it } from 'vitest';
import type { Dashboard } from '../../core/types';
import { activeCount, effectiveFilters, effectiveWindow, readView, type ViewState, writeView } from './view';

const EMPTY: ViewState = { window: null, filters: {}, wall: false, focus: null };

const document: Dashboard = {
  id: 'departures',
  title: 'Departures',
  window: { since: 'day' },
  filters: [
    { field: 'origin', stream: 'flights', default: ['JFK'] },
    { field: 'carrier', stream: 'flights' },
    { field: 'delay', stream: 'flights', kind: 'range', default: { min: 0 } },
  ],
};

describe('the view in the address', () => {
  const views: readonly ViewState[] = [
    EMPTY,
    { ...EMPTY, window: { last: '15m' } },
    { ...EMPTY, window: { since: 'week' } },
    { ...EMPTY, window: { all: true } },
    { ...EMPTY, window: { from: '2026-01-01T10:00', to: '2026-01-02' } },
    { ...EMPTY, window: { from: '2026-01-01T10:00:00+01:00' } },
    { ...EMPTY, filters: { carrier: ['UA', 'AA & co', 'ø=1'] } },
    { ...EMPTY, filters: { flight: [1545, '1545', true, 'true', null, 'null', '"x"', '{}'] } },
    { ...EMPTY, filters: { origin: [] } },
    { ...EMPTY, filters: { delay: { min: -5, max: 60 }, distance: { max: 1000 } } },
    { window: { last: '1h' }, filters: { origin: ['JFK'] }, wall: true, focus: 'on-time' },
  ];

  it.each(views)('reads back what it wrote: %j', (view) => {
    expect(readView(writeView(view))).toEqual(view);
  });

  it('writes nothing when nothing was chosen', () => {
    expect(writeView(EMPTY)).toBe('');
  });

  it('takes a bare wall for a wall', () => {
    expect(['wall', 'wall=1', 'wall=0', ''].map((text) => readView(text).wall)).toEqual([true, true, false, false]);
  });

  it('ignores windows the query language does not know', () => {
    expect(readView('last=yesterday&wall=2').window).toBeNull();
    expect(readView('since=century').window).toBeNull();
    expect(readView('?utm_source=mail')).toEqual(EMPTY);
  });
});

describe('what holds', () => {
  it('takes the default of a filter until the viewer chooses', () => {
    expect(effectiveFilters(document, {})).toEqual({ origin: ['JFK'], carrier: [], delay: { min: 0 } });
    expect(effectiveFilters(document, { origin: [], carrier: ['UA'] })).toEqual({
      origin: [],
      carrier: ['UA'],
      delay: { min: 0 },
    });
  });

  it('leaves out fields that the dashboard does not offer', () => {
    expect(effectiveFilters(document, { secret: ['x'] })).not.toHaveProperty('secret');
  });

  it('counts the filters that narrow', () => {
    expect(activeCount(effectiveFilters(document, {}))).toBe(2);
    expect(activeCount({ origin: [], delay: {}, carrier: ['UA'] })).toBe(1);
  });

  it('prefers the chosen window, then the dashboard, then a day', () => {
    expect(effectiveWindow(document, { ...EMPTY, window: { last: '5m' } })).toEqual({ last: '5m' });
    expect(effectiveWindow(document, EMPTY)).toEqual({ since: 'day' });
    expect(effectiveWindow({ id: 'x', title: 'X' }, EMPTY)).toEqual({ last: '24h' });
  });
});
