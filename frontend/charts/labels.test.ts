import { describe, expect, it } from 'vitest';
import { edgeTicks } from './histogram';
import { placeLabels } from './labels';
import { fitText, textWidth } from './measure';
import { dice } from './testing/fixtures';

describe('placeLabels', () => {
  const roll = dice(3);
  const dots = Array.from({ length: 120 }, (_, index) => ({
    x: roll() * 600,
    y: roll() * 300,
    radius: 3 + roll() * 12,
    text: `N${index}`,
  }));
  const placed = placeLabels(dots, 600, 300, 12);

  const box = (index: number) => {
    const dot = dots[index];
    const side = placed.get(index);
    if (!dot || !side) throw new Error('not placed');
    const width = textWidth(dot.text, 12);
    if (side === 'top')
      return {
        left: dot.x - width / 2,
        right: dot.x + width / 2,
        top: dot.y - dot.radius - 15.4,
        bottom: dot.y - dot.radius - 1,
      };
    const left = side === 'right' ? dot.x + dot.radius + 4 : dot.x - dot.radius - 4 - width;
    return { left, right: left + width, top: dot.y - 7.2, bottom: dot.y + 7.2 };
  };

  it('names some and leaves the crowded ones out', () => {
    expect(placed.size).toBeGreaterThan(10);
    expect(placed.size).toBeLessThan(dots.length);
  });

  it('stops at the most that are wanted', () => expect(placeLabels(dots, 600, 300, 12, 5).size).toBe(5));

  it('lets no name touch a name, a dot or the edge', () => {
    const names = [...placed.keys()];
    for (const index of names) {
      const a = box(index);
      expect(a.left >= 0 && a.right <= 600 && a.top >= 0 && a.bottom <= 300).toBe(true);
      for (const other of names) {
        if (other === index) continue;
        const b = box(other);
        expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
      }
      dots.forEach(({ x, y, radius }, dot) => {
        const hit =
          dot !== index && a.left < x + radius && x - radius < a.right && a.top < y + radius && y - radius < a.bottom;
        expect(hit).toBe(false);
      });
    }
  });
});

describe('fitText', () => {
  it('cuts to the room and no further', () => {
    expect(fitText('Short', 100, 12)).toBe('Short');
    const cut = fitText('A rather long name of an airline', 80, 12);
    expect(cut.endsWith('…')).toBe(true);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
  });
});

describe('edgeTicks', () => {
  const bins = (from: number, width: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      from: from + index * width,
      to: from + (index + 1) * width,
      count: 1,
    }));

  it('stands on edges of bins, as many as fit', () => {
    expect(edgeTicks(bins(-30, 15, 4), String, 600, 12)).toEqual([-30, -15, 0, 15, 30]);
    expect(edgeTicks(bins(-30, 15, 16), String, 300, 12)).toEqual([-30, 0, 30, 60, 90, 120, 150, 180, 210]);
  });
});
