import { describe, expect, it } from 'vitest';
import { colorScale, contrast, textOn } from './color';
import { distance, SIMULATIONS } from './testing/vision';
import { themeFor, tokens } from './theme';

const pairs = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((a, index) => list.slice(index + 1).map((b) => [a, b] as const));

describe.each(['light', 'dark'] as const)('%s theme', (name) => {
  const theme = themeFor(name);

  it.each(['text', 'textQuiet', 'textFaint', 'accent', 'good', 'warn', 'bad'] as const)(
    '%s is readable on every ground',
    (role) => {
      for (const ground of [theme.page, theme.surface, theme.raised])
        expect(contrast(theme[role], ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('has marks that stand out from the ground', () => {
    for (const color of [...theme.categorical, theme.muted, theme.warnFill])
      expect(contrast(color, theme.surface)).toBeGreaterThanOrEqual(3);
    for (const { low, high } of [theme.diverging, theme.verdict]) {
      expect(contrast(low, theme.surface)).toBeGreaterThanOrEqual(3);
      expect(contrast(high, theme.surface)).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(Object.entries(SIMULATIONS))('has eight colours that stay apart: %s', (kind, simulation) => {
    expect(new Set(theme.categorical).size).toBe(8);
    for (const [a, b] of pairs(theme.categorical))
      expect(distance(a, b, simulation)).toBeGreaterThan(kind === 'normal' ? 13 : 8);
  });

  it.each(Object.entries(SIMULATIONS))('tells good from bad: %s', (_, simulation) => {
    expect(distance(theme.verdict.low, theme.verdict.high, simulation)).toBeGreaterThan(8);
  });

  it('goes one way from least to most', () => {
    const steps = theme.sequential.map((color) => contrast(color, theme.surface));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it('writes readable text on every cell of a scale', () => {
    for (const scale of [
      {},
      { better: 'lower' },
      { kind: 'diverging', middle: 0 },
      { kind: 'diverging', middle: 0, better: 'higher' },
    ] as const) {
      const { color } = colorScale(theme, scale, [-10, 10]);
      for (let value = -10; value <= 10; value += 0.5) {
        expect(contrast(textOn(color(value)), color(value))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('gives lone marks of a scale enough contrast', () => {
    for (const scale of [{}, { better: 'lower' }, { kind: 'diverging', middle: 0 }] as const) {
      const { color } = colorScale(theme, scale, [-10, 10], 'mark');
      for (let value = -10; value <= 10; value += 1)
        expect(contrast(color(value), theme.surface)).toBeGreaterThanOrEqual(2.9);
    }
  });

  it('hands its colours to the page', () => {
    expect(tokens(theme)).toMatchObject({ '--nb-surface': theme.surface, '--nb-category-8': theme.categorical[7] });
  });
});

describe('colorScale', () => {
  const theme = themeFor('light');

  it('gives both arms of a diverging scale the same length', () => {
    const scale = colorScale(theme, { kind: 'diverging', middle: 10 }, [0, 100]);
    expect([scale.min, scale.max]).toEqual([-80, 100]);
    expect(scale.color(10)).toBe(theme.diverging.middle);
    expect(scale.color(100)).toBe(theme.diverging.high);
  });

  it('keeps ends that are given, and shows the middle where it is', () => {
    const scale = colorScale(theme, { kind: 'diverging', min: -5, middle: 12, max: 40 }, [0, 20]);
    expect([scale.min, scale.max]).toEqual([-5, 40]);
    expect([scale.color(-5), scale.color(12), scale.color(40)]).toEqual([
      theme.diverging.low,
      theme.diverging.middle,
      theme.diverging.high,
    ]);
    const shown = scale.stops[Math.round(((12 + 5) / 45) * (scale.stops.length - 1))] ?? '';
    expect(
      distance(
        shown,
        theme.diverging.middle,
        SIMULATIONS['normal'] ?? [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      ),
    ).toBeLessThan(4);
  });

  it('puts the good tone at the good end', () => {
    const lower = colorScale(theme, { kind: 'diverging', middle: 0, better: 'lower' }, [-1, 1]);
    expect([lower.color(-1), lower.color(1)]).toEqual([theme.verdict.high, theme.verdict.low]);
  });

  it('survives one value and none', () => {
    expect(colorScale(theme, {}, [5]).color(5)).toBe(theme.sequential[0]);
    expect(colorScale(theme, {}, []).color(3)).toMatch(/^#/);
  });
});
