import { describe, expect, it } from 'vitest';
import type { Breakpoint, Place, Widget, WidgetKind } from '../../core/types';
import { COLUMNS, GAP, placesAt, readingOrder, rowsOf, wallFit } from './layout';

const widget = (id: string, kind: WidgetKind, lg?: Place, more: Widget['layouts'] = {}): Widget => ({
  id,
  kind,
  layouts: { ...(lg ? { lg } : {}), ...more },
});

const board: readonly Widget[] = [
  widget('trend', 'line', { x: 0, y: 3, w: 8, h: 7 }),
  widget('b', 'kpi', { x: 3, y: 0, w: 3, h: 3 }),
  widget('a', 'kpi', { x: 0, y: 0, w: 3, h: 3 }),
  widget('c', 'kpi', { x: 6, y: 0, w: 3, h: 3 }),
  widget('share', 'pie', { x: 8, y: 3, w: 4, h: 7 }),
  widget('loose', 'table'),
];

const free = (places: readonly Place[]): boolean =>
  places.every((a, index) =>
    places.slice(index + 1).every((b) => a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h),
  );

describe('places', () => {
  it('reads from the top left, widgets without a place last', () => {
    expect(readingOrder(board).map((each) => each.id)).toEqual(['a', 'b', 'c', 'trend', 'share', 'loose']);
  });

  it.each<Breakpoint>(['lg', 'md', 'sm'])('gives everyone a place of their own at %s', (breakpoint) => {
    const places = placesAt(board, breakpoint);
    expect([...places.keys()].sort()).toEqual(['a', 'b', 'c', 'loose', 'share', 'trend']);
    expect(free([...places.values()])).toBe(true);
    for (const place of places.values()) {
      expect(place.x).toBeGreaterThanOrEqual(0);
      expect(place.x + place.w).toBeLessThanOrEqual(COLUMNS);
    }
  });

  it('keeps declared places', () => {
    const declared = board.slice(0, 5);
    expect(placesAt(declared, 'lg').get('share')).toEqual({ x: 8, y: 3, w: 4, h: 7 });
  });

  it('puts KPIs two abreast on phones and stretches the odd one', () => {
    const places = placesAt(board, 'sm');
    expect(places.get('a')).toMatchObject({ x: 0, w: 6 });
    expect(places.get('b')).toMatchObject({ x: 6, w: 6 });
    expect(places.get('c')).toMatchObject({ x: 0, w: 12 });
    expect(places.get('trend')).toMatchObject({ x: 0, w: 12 });
  });

  it('uses the places declared for phones', () => {
    const phone = [widget('a', 'kpi', { x: 0, y: 0, w: 3, h: 3 }, { sm: { x: 0, y: 0, w: 12, h: 4 } })];
    expect(placesAt(phone, 'sm').get('a')).toEqual({ x: 0, y: 0, w: 12, h: 4 });
  });

  it('lays out anew when declared places collide, and pulls strays back inside', () => {
    const clash = [widget('a', 'kpi', { x: 0, y: 0, w: 6, h: 3 }), widget('b', 'kpi', { x: 5, y: 1, w: 6, h: 3 })];
    expect(free([...placesAt(clash, 'lg').values()])).toBe(true);
    expect(placesAt([widget('a', 'kpi', { x: 11, y: 0, w: 6, h: 3 })], 'lg').get('a')).toMatchObject({ x: 6, w: 6 });
  });

  it('counts rows', () => {
    expect(rowsOf(placesAt(board.slice(0, 5), 'lg'))).toBe(10);
    expect(rowsOf(new Map())).toBe(0);
  });
});

describe('walls', () => {
  it('fits all rows into the height', () => {
    const { zoom, row } = wallFit(1920, 1080, 16, 80);
    expect(zoom).toBeCloseTo(1920 / 1440);
    expect((16 * row + 15 * GAP + 80) * zoom).toBeLessThanOrEqual(1080);
  });

  it('never shrinks rows below what can be read, nor type below its own size', () => {
    expect(wallFit(1024, 600, 60, 80)).toEqual({ zoom: 1, row: 30 });
  });
});
