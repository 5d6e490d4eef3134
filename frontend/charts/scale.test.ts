import { describe, expect, it } from 'vitest';
import { valueScale } from './scale';

describe('valueScale', () => {
  it.each([
    [[0, 97], true, [0, 25, 50, 75, 100]],
    [[0, 0.83], true, [0, 0.25, 0.5, 0.75, 1]],
    [[-7, 12], true, [-10, -5, 0, 5, 10, 15]],
    [[0, 3], true, [0, 1, 2, 3]],
    [[1010, 1042], false, [1010, 1020, 1030, 1040, 1050]],
    [[5, 60], false, [0, 20, 40, 60]],
  ])('%j from zero %j', (values, zero, ticks) => {
    expect(valueScale(values, { zero, steps: 4 }).ticks).toEqual(ticks);
  });

  it('covers every value for any span', () => {
    for (let power = -9; power < 15; power += 1) {
      for (const factor of [1, 1.7, 2.5, 3.3, 7.7, 9.99]) {
        const top = factor * 10 ** power;
        const { min, max, ticks } = valueScale([0, top], { zero: true, steps: 5 });
        expect(min).toBe(0);
        expect(max).toBeGreaterThanOrEqual(top * 0.999_999_9);
        expect(ticks.length).toBeGreaterThan(2);
        expect(ticks.length).toBeLessThan(9);
      }
    }
  });

  it('keeps fixed ends', () => {
    expect(valueScale([3, 8], { zero: true, min: 0, max: 97, steps: 4 })).toMatchObject({ min: 0, max: 97 });
  });

  it('counts seconds as people do', () => {
    expect(valueScale([0, 700], { zero: true, steps: 4, seconds: true }).interval).toBe(300);
    expect(valueScale([0, 0.004], { zero: true, steps: 4, seconds: true }).interval).toBe(0.001);
  });

  it('survives nothing, one value and equal values', () => {
    for (const values of [[], [0], [5], [5, 5], [-3]]) {
      const { min, max, ticks } = valueScale(values, { zero: false, steps: 4 });
      expect(max).toBeGreaterThan(min);
      expect(ticks.length).toBeGreaterThan(1);
    }
  });
});
