import { describe, expect, it } from 'vitest';
import type { Column, Value } from '../core/values';
import { kpiModel } from './model/kpi';
import { progressModel } from './model/progress';
import { judge, statusModel } from './model/status';
import { tableModel } from './model/table';
import { context, dimension, frames, HOUR, measured, result, START, time, widget } from './testing/fixtures';

const before = (of: string): Column => ({ name: `${of}__previous`, type: 'float', role: 'previous', of });

describe('kpi', () => {
  const kpi = (column: Column, now: Value, then: Value, options = {}) =>
    kpiModel(widget('kpi', 'K', options), frames(result([column, before(column.name)], [[now, then]])), context());

  it('shows a big number, a small unit and the exact value', () => {
    expect(kpi(measured('delay', { unit: 'min' }), 12_345.678, null)).toMatchObject({
      number: '12.3k',
      unit: 'min',
      exact: '12,345.68\u202fmin',
      change: null,
    });
    expect(kpi(measured('size', { format: 'bytes' }), 1_500_000, null)).toMatchObject({
      number: '1.5\u202fMB',
      unit: '',
    });
  });

  it('says the change with arrow, percent and words, and judges only when it may', () => {
    const better = measured('flights', { better: 'higher' });
    expect(kpi(better, 112.4, 100, { compare: 'vs. yesterday' })?.change).toEqual({
      direction: 'up',
      arrow: '↑',
      text: '+12.4%',
      words: 'vs. yesterday',
      verdict: 'good',
      before: '100',
    });
    expect(kpi(better, 90, 100)?.change).toMatchObject({
      arrow: '↓',
      text: '\u221210.0%',
      verdict: 'bad',
      words: 'vs. previous period',
    });
    expect(kpi(measured('delay'), 90, 100, { better: 'lower' })?.change?.verdict).toBe('good');
    expect(kpi(measured('delay'), 90, 100)?.change?.verdict).toBe('neutral');
    expect(kpi(better, 100, 100)?.change).toMatchObject({ direction: 'none', arrow: '→', verdict: 'neutral' });
  });

  it('says nothing of a change that is too small to be shown', () => {
    const better = measured('flights', { better: 'higher' });
    const unseen = { direction: 'none', arrow: '→', verdict: 'neutral' };
    expect(kpi(better, 9_999, 10_001)?.change).toMatchObject({ ...unseen, text: '0.0%' });
    expect(kpi(better, 9_994, 10_001)?.change).toMatchObject({ direction: 'down', text: '−0.1%' });
    const share = measured('on_time', { format: 'percent', better: 'higher' });
    expect(kpi(share, 0.8004, 0.8)?.change).toMatchObject({ ...unseen, text: '0.0 pts' });
    expect(kpi(better, 0.001, 0)?.change?.direction).toBe('up');
  });

  it('counts shares in points and leaves out percentages of nothing', () => {
    expect(kpi(measured('on_time', { format: 'percent' }), 0.84, 0.8)?.change?.text).toBe('+4.0 pts');
    expect(kpi(measured('flights'), 5, 0)?.change?.text).toBe('+5');
  });

  it('knows its target and whether it is reached', () => {
    const goal = measured('on_time', { format: 'percent', goal: 0.8 });
    expect(kpi(goal, 0.6, null)?.target).toEqual({
      label: 'Goal',
      text: '80%',
      share: 0.6 / 0.8,
      reached: false,
      over: false,
    });
    expect(kpi(measured('delay', { goal: 12, better: 'lower' }), 14, null)?.target).toMatchObject({ over: true });
    expect(kpi(goal, 0.9, null, { target: 0.95, target_label: 'Plan' })?.target).toMatchObject({
      label: 'Plan',
      text: '95%',
      reached: false,
    });
    expect(kpi(measured('delay', { goal: 10, better: 'lower' }), 8, null)?.target?.reached).toBe(true);
  });

  it('draws the part that is its trend, and says when nothing is there', () => {
    const trend = result(
      [time, measured('flights')],
      [
        [START, 1],
        [START + HOUR, 2],
      ],
      { grain: '1h' },
    );
    const model = kpiModel(widget('kpi', 'K'), frames(result([measured('flights')], [[null]]), { trend }), context());
    expect(model).toMatchObject({ number: '\u2013', missing: true });
    expect(model?.trend).not.toBeNull();
    expect(kpiModel(widget('kpi', 'K'), frames(null), context())).toBeNull();
  });
});

describe('progress', () => {
  const columns = [dimension('disk'), measured('used', { format: 'percent' })];
  const rows = [
    ['/', 0.5],
    ['/data', 0.95],
  ] as const;

  it('has a bar per row with a mark at the target', () => {
    const bars = progressModel(
      widget('progress', 'P', { target: 0.9, better: 'lower' }),
      frames(result(columns, rows)),
      context(),
    );
    expect(bars?.map(({ label, share, mark, word, tone }) => ({ label, share, mark, word, tone }))).toEqual([
      { label: '/', share: 0.5, mark: 0.9, word: 'Within limit', tone: 'accent' },
      { label: '/data', share: 0.95, mark: 0.9, word: 'Over limit', tone: 'bad' },
    ]);
  });

  it('takes tones and words from bands, and targets from a column', () => {
    const bands = [
      { to: 0.8, tone: 'good', label: 'Fine' },
      { to: 1, tone: 'bad', label: 'Full' },
    ];
    const withTarget = [...columns, measured('quota')];
    const bars = progressModel(
      widget('progress', 'P', { bands, target_column: 'quota' }),
      frames(result(withTarget, [['/', 0.9, 0.7]])),
      context(),
    );
    expect(bars?.[0]).toMatchObject({ tone: 'bad', word: 'Full', target: '70%' });
  });
});

describe('status', () => {
  const rules = [
    { when: '<', value: 2, state: 'ok', word: 'Healthy' },
    { when: '<', value: 10, state: 'warn', word: 'Behind' },
  ] as const;

  it.each([
    [1, 'ok', 'Healthy'],
    [2, 'warn', 'Behind'],
    [10, 'unknown', 'Unknown'],
    [null, 'unknown', 'Unknown'],
  ])('%j is %s', (value, state, word) => expect(judge(value, rules)).toEqual({ state, word }));

  it('has a lamp per row', () => {
    const lamps = statusModel(
      widget('status', 'S', { rules }),
      frames(
        result(
          [dimension('part'), measured('lag', { unit: 's' })],
          [
            ['journal', 0.2],
            ['store', 4],
          ],
        ),
      ),
      context(),
    );
    expect(lamps?.map(({ key, label, word }) => [key, label, word])).toEqual([
      ['journal', 'journal', 'Healthy'],
      ['store', 'store', 'Behind'],
    ]);
  });
});

describe('table', () => {
  const columns = [
    dimension('carrier', { label: 'Airline' }),
    measured('delay', { unit: 'min', decimals: 1 }),
    measured('big', { type: 'integer' }),
  ];
  const rows = [
    ['AA', 12.345, '9007199254740993'],
    ['UA', -24, 5],
    ['B6', null, 7],
  ] as const;

  it('shows every column with its unit in the head and every digit', () => {
    const model = tableModel(widget('table', 'T'), frames(result(columns, rows)), context());
    expect(model?.heads.map(({ title, unit, align }) => [title, unit, align])).toEqual([
      ['Airline', '', 'start'],
      ['Delay', 'min', 'end'],
      ['Big', '', 'end'],
    ]);
    expect(model?.rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
      ['AA', '12.3', '9,007,199,254,740,993'],
      ['UA', '\u221224.0', '5'],
      ['B6', '\u2013', '7'],
    ]);
    expect(model?.rows.map(({ key }) => key)).toEqual(['["AA"]', '["UA"]', '["B6"]']);
    expect(model?.pageSize).toBe(10);
  });

  it('follows its options', () => {
    const options = {
      page_size: 5,
      columns: [{ name: 'delay', label: 'Late', unit: 's', bar: true, heat: { better: 'lower' } }, { name: 'gone' }],
    };
    const model = tableModel(widget('table', 'T', options), frames(result(columns, rows)), context());
    expect(model?.heads).toEqual([{ name: 'delay', title: 'Late', unit: 's', align: 'end', numeric: true, bar: true }]);
    expect(model?.rows.map(({ cells }) => cells[0]?.bar)).toEqual([12.345 / 24, 1, null]);
    expect(model?.rows.map(({ cells }) => cells[0]?.heat === null)).toEqual([false, false, true]);
    expect(model?.pageSize).toBe(5);
  });

  it('leaves out the day where all instants are of today', () => {
    const texts = (...instants: number[]) =>
      tableModel(
        widget('table', 'T'),
        frames(
          result(
            [time, measured('n')],
            instants.map((at) => [at, 1]),
          ),
        ),
        context({ now: START + 20 * HOUR }),
      )?.rows.map(({ cells }) => cells[0]?.text);
    expect(texts(START + HOUR, START + 2 * HOUR)).toEqual(['01:00', '02:00']);
    expect(texts(START - HOUR, START + 2 * HOUR)?.[1]).toMatch(/18 Nov/);
  });

  it('tells rows without a key apart', () => {
    const model = tableModel(widget('table', 'T'), frames(result(columns, [rows[0], rows[0]], { key: [] })), context());
    expect(new Set(model?.rows.map(({ key }) => key)).size).toBe(2);
  });
});
