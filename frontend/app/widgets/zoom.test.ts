import { describe, expect, it } from 'vitest';
import { dragged, hasTimeAxis, windowOf } from './zoom';

describe('selecting a stretch of time', () => {
  it('puts the ends in order and keeps them inside', () => {
    expect(dragged(100, 300, 500)).toEqual([100, 300]);
    expect(dragged(300, 100, 500)).toEqual([100, 300]);
    expect(dragged(-40, 900, 500)).toEqual([0, 500]);
  });

  it('takes a short drag for a click', () => {
    expect(dragged(100, 105, 500)).toBeNull();
  });

  it('becomes a window', () => {
    expect(windowOf([0, 60_000.4])).toEqual({ from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:01:00.000Z' });
  });

  it('needs an axis of time', () => {
    expect(hasTimeAxis({ xAxis: { type: 'time' } })).toBe(true);
    expect(hasTimeAxis({ xAxis: [{ type: 'time' }] })).toBe(true);
    expect(hasTimeAxis({ xAxis: { type: 'category' } })).toBe(false);
    expect(hasTimeAxis({ series: [] })).toBe(false);
    expect(hasTimeAxis(null)).toBe(false);
  });
});
