import { describe, expect, it } from 'vitest';
import { type Point, thin } from './lttb';

const wave = (count: number): Point[] =>
  Array.from({ length: count }, (_, x) => ({ x, y: Math.sin(x / 50) + (x === 777 ? 9 : 0) }));

describe('thin', () => {
  it('keeps the ends, the order and the peak', () => {
    const kept = thin(wave(5000), 300);
    expect(kept.length).toBeLessThanOrEqual(302);
    expect([kept[0], kept.at(-1)]).toEqual([0, 4999]);
    expect(kept).toContain(777);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
  });

  it('keeps the shape closer than every n-th point does', () => {
    const points = wave(5000).map(({ x, y }) => ({ x, y: (y ?? 0) + (x % 617 === 0 ? 4 : 0) }));
    const area = (kept: readonly number[]): number => Math.max(...kept.map((index) => points[index]?.y ?? 0));
    const every = points.map((_, index) => index).filter((index) => index % 16 === 1);
    expect(area(thin(points, 312))).toBe(area(points.map((_, index) => index)));
    expect(area(every)).toBeLessThan(area(thin(points, 312)));
  });

  it('keeps gaps as gaps and lonely points as points', () => {
    const points = wave(3000).map(
      (point, index): Point =>
        (index >= 1000 && index < 1100) || index === 2000 || index === 2002 ? { x: point.x, y: null } : point,
    );
    const kept = thin(points, 200);
    for (const index of [999, 1000, 1100, 1999, 2000, 2001, 2002, 2003]) expect(kept).toContain(index);
    expect(kept.filter((index) => points[index]?.y === null)).toEqual([1000, 2000, 2002]);
  });

  it('leaves short lists alone', () => {
    expect(thin(wave(10), 50)).toHaveLength(10);
    expect(thin([], 5)).toEqual([]);
    expect(thin(wave(100), 1).length).toBeLessThanOrEqual(3);
  });
});
