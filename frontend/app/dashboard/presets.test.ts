import { describe, expect, it } from 'vitest';
import { rangeProblem, SLIDING, sameWindow } from './presets';
import { readView, writeView } from './view';

describe('time ranges', () => {
  it('offers only windows that the address can carry', () => {
    for (const window of SLIDING) {
      expect(readView(writeView({ window, filters: {}, wall: false, focus: null })).window).toEqual(window);
    }
  });

  it('tells windows apart', () => {
    expect(sameWindow({ last: '1h' }, { last: '1h' })).toBe(true);
    expect(sameWindow({ last: '1h' }, { since: 'hour' })).toBe(false);
    expect(sameWindow(null, null)).toBe(true);
  });

  it('accepts one open end, and no range that runs backwards', () => {
    expect(rangeProblem('2026-01-01T00:00:00Z', null)).toBeNull();
    expect(rangeProblem(null, '2026-01-01T00:00:00Z')).toBeNull();
    expect(rangeProblem('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toBeNull();
    expect(rangeProblem(null, null)).toMatch(/start/);
    expect(rangeProblem('2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z')).toMatch(/after/);
  });
});
