import { describe, expect, it } from 'vitest';
import { type BarLabels, labelAt, valuesWidth } from './bar-labels';
import { chartOption } from './option';
import { context, dimension, frames, measured, result, widget } from './testing/fixtures';

const here = context();
const goal = { value: 12, label: 'Goal' };
const lying: BarLabels = {
  horizontal: true,
  stack: false,
  look: { type: 'float', unit: 'min', decimals: 1 },
  formats: here.formats,
  lines: [goal],
  perUnit: 10,
  thickness: 14,
  needed: true,
  named: false,
};
const placeOf = (value: number, labels = lying) => labelAt(value, 1, '#3e62c3', labels, here);

describe('the value at a bar', () => {
  it('moves inside where a threshold would strike it, and only there', () => {
    expect(placeOf(11.4)).toMatchObject({ position: 'insideRight', color: '#ffffff' });
    expect(placeOf(3.5)).toBeNull();
    expect(placeOf(12.5)).toBeNull();
    expect(placeOf(24.5)).toBeNull();
    const floor = { ...lying, lines: [{ value: -8, label: 'Floor' }] };
    expect(placeOf(-6, floor)).toMatchObject({ position: 'insideLeft' });
    expect(placeOf(-2, floor)).toEqual({ position: 'left' });
  });

  it('is left out where it is struck and has no room, as long as an axis says it', () => {
    const thin = { ...lying, horizontal: false, thickness: 8 };
    expect(placeOf(11.4, { ...thin, needed: false })).toEqual({ show: false });
    expect(placeOf(11.5, thin)).toEqual({ distance: 10 });
    expect(placeOf(11.4, { ...thin, thickness: 40 })).toMatchObject({ position: 'insideTop' });
  });

  it('goes past the line where it is needed and its bar is too short', () => {
    const short = { ...lying, perUnit: 3 };
    expect(placeOf(9, short)).toEqual({ distance: 14 });
    expect(placeOf(1, short)).toBeNull();
    const two = { ...short, lines: [goal, { value: 15, label: 'Limit' }] };
    expect(placeOf(9, two)).toEqual({ distance: 23 });
    const floor = { ...short, lines: [{ value: -5, label: 'Floor' }] };
    expect(placeOf(-3, floor)).toEqual({ position: 'left', distance: 11 });
  });

  it('names the unit once, at the first bar, and room is left for it', () => {
    const named = { ...lying, named: true };
    expect(labelAt(24.5, 0, '#3e62c3', named, here)).toEqual({ formatter: '24.5\u202fmin' });
    expect(labelAt(24.5, 1, '#3e62c3', named, here)).toBeNull();
    const series = [{ id: 'm:d', name: 'Delay', column: measured('d'), values: [24.5, 3], previous: false }];
    expect(valuesWidth(series, named, here)).toBeGreaterThan(valuesWidth(series, lying, here));
  });
});

describe('an axis beside bars that say their values', () => {
  interface Drawn {
    readonly xAxis: { readonly axisLabel: { readonly show?: boolean }; readonly max: number };
    readonly series: readonly { readonly markLine: { readonly data: readonly { readonly label: object }[] } }[];
  }
  const columns = [dimension('airline'), measured('delay', { unit: 'min' })];
  const draw = (options: object, rows: readonly [string, number][]) =>
    chartOption(
      widget('bar', 'B', { ...options, thresholds: [goal] }),
      frames(result(columns, rows)),
      here,
    ) as unknown as Drawn;

  it('is silent and ends where the longest bar ends', () => {
    const rows: [string, number][] = [
      ['a', 23],
      ['b', 4],
    ];
    expect(draw({ horizontal: true, labels: true }, rows).xAxis).toMatchObject({ axisLabel: { show: false }, max: 23 });
    expect(draw({ horizontal: true }, rows).xAxis.max).toBeGreaterThan(23);
    const crowded = Array.from({ length: 60 }, (_, index): [string, number] => [`a${index}`, index]);
    expect(draw({ horizontal: true, labels: true }, crowded).xAxis.axisLabel.show).toBeUndefined();
  });

  it('leaves the names of level lines beside the plot', () => {
    const [line] = draw({}, [['a', 23]]).series[0]?.markLine.data ?? [];
    expect(line?.label).toMatchObject({ position: 'end' });
  });
});
