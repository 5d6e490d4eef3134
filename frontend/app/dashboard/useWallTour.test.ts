import { describe, expect, it } from 'vitest';
import { nextStop } from './useWallTour';

describe('the tour of a wall', () => {
  it('shows every part and returns to the top', () => {
    const stops = [0];
    for (let step = 0; step < 5; step++) stops.push(nextStop({ top: stops.at(-1) ?? 0, view: 1000, whole: 2600 }));
    expect(stops).toEqual([0, 850, 1600, 0, 850, 1600]);
  });

  it('stands still when everything fits', () => {
    expect(nextStop({ top: 0, view: 1000, whole: 900 })).toBe(0);
  });
});
