import { describe, expect, it } from 'vitest';
import type { Row } from '../core/values';
import type { Widget } from './context';
import { chartOption } from './option';
import { context, dimension, frames, HOUR, measured, result, START, time, widget } from './testing/fixtures';

interface Drawn {
  readonly legend: {
    readonly selected: Readonly<Record<string, boolean>>;
    readonly formatter: (name: string) => string;
  };
  readonly yAxis: { readonly max: number };
  readonly tooltip: { readonly formatter: (params: unknown) => string };
  readonly series: readonly { readonly name: string }[];
  readonly graphic: readonly { readonly children: readonly { readonly style: { readonly text: string } }[] }[];
}

const value = measured('n', { type: 'integer' });
const course = result(
  [time, dimension('shop'), value],
  [0, 1].flatMap((hour): Row[] => [
    [START + hour * HOUR, 'Large', 900],
    [START + hour * HOUR, 'Small', 90],
    [START + hour * HOUR, 'Tiny', 10],
  ]),
  { grain: '1h' },
);
const shares = result(
  [dimension('shop'), value],
  [
    ['Large', 900],
    ['Small', 90],
    ['Tiny', 10],
  ],
);

function draw(drawn: Widget, data: typeof course, hidden: readonly string[]): Drawn {
  const option = chartOption(drawn, frames(data), context({ hidden: new Set(hidden) }));
  if (!option) throw new Error('Nothing was drawn.');
  return option as unknown as Drawn;
}

describe.each([
  ['area', { stack: true }],
  ['bar', { stack: true }],
  ['bar', {}],
] as const)('a series taken out of a chart of kind %s %o', (kind, options) => {
  const at = [{ axisValue: START, dataIndex: 0 }];

  it('stays in the legend, and the axis and the tooltip are about the others', () => {
    const all = draw(widget(kind, 'W', options), course, []);
    const some = draw(widget(kind, 'W', options), course, ['Large']);
    expect(all.legend.selected).toEqual({ Large: true, Small: true, Tiny: true });
    expect(some.legend.selected).toEqual({ Large: false, Small: true, Tiny: true });
    expect(some.series.map(({ name }) => name)).toEqual(all.series.map(({ name }) => name));
    expect(all.yAxis.max).toBeGreaterThanOrEqual(900);
    expect(some.yAxis.max).toBeGreaterThanOrEqual(90);
    expect(some.yAxis.max).toBeLessThan(200);
    expect(all.tooltip.formatter(at)).toContain('Large');
    expect(some.tooltip.formatter(at)).not.toContain('Large');
    expect(some.tooltip.formatter(at)).toContain('Small');
  });

  it('leaves its axis where everything is taken out', () => {
    const none = draw(widget(kind, 'W', options), course, ['Large', 'Small', 'Tiny']);
    expect(none.yAxis.max).toEqual(draw(widget(kind, 'W', options), course, []).yAxis.max);
  });
});

it('shares of an area stay those of the whole', () => {
  const some = draw(widget('area', 'W', { stack: true }), course, ['Large']);
  expect(some.tooltip.formatter([{ axisValue: START }])).toContain('9.0%');
});

it('a slice that is taken out has no part in the total and the shares of a pie', () => {
  const some = draw(widget('pie', 'P'), shares, ['Large']);
  expect(some.legend.selected).toEqual({ Large: false, Small: true, Tiny: true });
  expect(some.legend.formatter('Small')).toContain('90%');
  expect(some.legend.formatter('Large')).toContain('–');
  expect(some.graphic[0]?.children[0]?.style.text).toBe('100');
});

it('a group of dots that is taken out is named as such', () => {
  const dots = result(
    [dimension('shop'), measured('a'), measured('b')],
    [
      ['Large', 1, 2],
      ['Small', 3, 4],
    ],
  );
  const some = draw(widget('scatter', 'S', { x: 'a', y: 'b', color: 'shop' }), dots, ['Small']);
  expect(some.legend.selected).toEqual({ Large: true, Small: false });
});
