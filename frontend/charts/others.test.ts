import { describe, expect, it } from 'vitest';
import { pick } from './frame';
import { funnelSteps } from './funnel';
import { bandOf } from './gauge';
import { heatGrid } from './heatmap';
import { binsOf, histogramOption } from './histogram';
import { dotSize } from './marks';
import { hasCycle, ribbonsOf } from './sankey';
import { slicesOf } from './slices';
import { context, dimension, frames, measured, result, widget } from './testing/fixtures';
import { treeOf } from './treemap';

interface Drawn {
  readonly grid: { readonly top: number };
  readonly series: readonly {
    readonly markLine: { readonly data: readonly { readonly label: { align?: string } }[] };
  }[];
}

describe('pie', () => {
  it('gathers small slices as Other, which comes last', () => {
    const rows = Array.from({ length: 12 }, (_, index) => [`c${index}`, index + 1]);
    const found = slicesOf(widget('pie', 'P', { max_slices: 4 }), result([dimension('c'), measured('n')], rows));
    expect(found?.slices.map(({ name, value }) => [name, value])).toEqual([
      ['c11', 12],
      ['c10', 11],
      ['c9', 10],
      ['Other (9)', 45],
    ]);
    expect(found?.slices.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('makes a slice per measure when nothing groups', () => {
    const found = slicesOf(widget('pie', 'P'), result([measured('won'), measured('lost')], [[3, 1]]));
    expect(found?.slices.map(({ name, share }) => [name, share])).toEqual([
      ['Won', 0.75],
      ['Lost', 0.25],
    ]);
  });
});

describe('gauge bands', () => {
  const bands = [
    { to: 70, tone: 'good' },
    { to: 90, tone: 'warn' },
    { to: 100, tone: 'bad' },
  ] as const;
  it.each([
    [0, 'good'],
    [69.9, 'good'],
    [70, 'warn'],
    [99, 'bad'],
    [140, 'bad'],
  ])('%d is %s', (value, tone) => {
    expect(bandOf(value, bands)?.tone).toBe(tone);
  });
  it('says nothing of a missing value', () => expect(bandOf(null, bands)).toBeNull());
});

describe('heatmap', () => {
  it('puts pairs on complete axes and leaves missing ones empty', () => {
    const columns = [dimension('day', { type: 'integer' }), dimension('hour', { type: 'integer' }), measured('n')];
    const drawn = widget('heatmap', 'H', { x: 'hour', y: 'day', x_axis: 'hour', y_axis: 'weekday' });
    const grid = heatGrid(
      drawn,
      result(columns, [
        [1, 0, 5],
        [7, 23, 6],
        [3, 4, null],
      ]),
      context(),
    );
    expect(grid?.cells).toEqual([
      { x: 0, y: 0, value: 5, row: [1, 0, 5] },
      { x: 23, y: 6, value: 6, row: [7, 23, 6] },
    ]);
    expect([grid?.xLabels.length, grid?.yLabels]).toEqual([24, ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']]);
  });
});

describe('histogram', () => {
  it('names an upright line at its right, beside the unit where both have room', () => {
    const draw = (value: number) =>
      histogramOption(
        widget('histogram', 'H', { bin: 'bin', thresholds: [{ value, label: 'Late' }] }),
        frames(
          result(
            [dimension('bin', { type: 'float' }), measured('n', { unit: 'flights' })],
            [
              [0, 5],
              [10, 9],
              [20, 2],
            ],
          ),
        ),
        context(),
      ) as unknown as Drawn;
    const label = (value: number) => draw(value).series[1]?.markLine.data[0]?.label;
    expect([label(15)?.align, label(30)?.align]).toEqual(['left', 'right']);
    expect(draw(0).grid.top).toBeGreaterThan(draw(15).grid.top);
  });

  it('finds the width of its bins and sorts them', () => {
    const found = binsOf(
      widget('histogram', 'H', { bin: 'bin' }),
      result(
        [dimension('bin', { type: 'float' }), measured('n')],
        [
          [30, 1],
          [0, 2],
          [15, 3],
        ],
      ),
    );
    expect(found?.bins).toEqual([
      { from: 0, to: 15, count: 2 },
      { from: 15, to: 30, count: 3 },
      { from: 30, to: 45, count: 1 },
    ]);
  });
});

describe('funnel', () => {
  it('says which share went on', () => {
    const columns = [dimension('step'), measured('n')];
    const steps = funnelSteps(
      widget('funnel', 'F'),
      result(columns, [
        ['a', 200],
        ['b', 50],
        ['c', 25],
      ]),
    );
    expect(steps.map(({ ofFirst, ofBefore }) => [ofFirst, ofBefore])).toEqual([
      [1, 1],
      [0.25, 0.25],
      [0.125, 0.5],
    ]);
    const perMeasure = funnelSteps(
      widget('funnel', 'F', { steps: ['seen', 'bought'] }),
      result([measured('seen'), measured('bought')], [[0, 0]]),
    );
    expect(perMeasure.map(({ name, ofFirst }) => [name, ofFirst])).toEqual([
      ['Seen', 0],
      ['Bought', 0],
    ]);
  });
});

describe('treemap', () => {
  it('adds children up and leaves out what has no area', () => {
    const shown = result(
      [dimension('a'), dimension('b'), measured('n')],
      [
        ['x', 'p', 2],
        ['x', 'q', 3],
        ['y', 'r', 9],
        ['z', 's', -1],
      ],
    );
    const columns = ['a', 'b'].flatMap((name) => pick(shown, name) ?? []);
    const value = pick(shown, 'n');
    if (!value) throw new Error('no column');
    const tree = treeOf(shown.rows, columns, value);
    expect(tree.map(({ name, value: area, children }) => [name, area, children.length])).toEqual([
      ['y', 9, 1],
      ['x', 5, 2],
    ]);
    expect(tree[1]?.children.map(({ id }) => id)).toEqual(['/x/q', '/x/p']);
  });
});

describe('sankey', () => {
  it('splits what would run in a circle', () => {
    const shown = result(
      [dimension('s'), dimension('t'), measured('n')],
      [
        ['a', 'b', 1],
        ['b', 'a', 2],
        ['a', 'a', 3],
      ],
    );
    const ribbons = ribbonsOf(widget('sankey', 'S', { source: 's', target: 't', value: 'n' }), shown);
    expect(ribbons).toHaveLength(3);
    expect(hasCycle(ribbons)).toBe(false);
    expect(
      hasCycle([
        { source: 'a', target: 'b', value: 1 },
        { source: 'b', target: 'c', value: 1 },
        { source: 'a', target: 'c', value: 1 },
      ]),
    ).toBe(false);
  });
});

it('gives dots areas, not diameters', () => {
  expect(dotSize(25, 100, [1, 20])).toBe(10);
  expect(dotSize(100, 100, [1, 20])).toBe(20);
  expect([dotSize(null, 100), dotSize(-5, 100), dotSize(5, 0)]).toEqual([5, 5, 5]);
});
