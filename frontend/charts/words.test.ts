import { describe, expect, it } from 'vitest';
import { dataTable } from './datatable';
import { emptiness } from './emptiness';
import { summarize } from './summary';
import { context, dimension, frames, HOUR, measured, result, START, time, widget } from './testing/fixtures';
import { escapeHtml, tooltipHtml } from './tooltip';

describe('summarize', () => {
  it('tells a number with its change and goal', () => {
    const columns = [
      measured('on_time', { format: 'percent', goal: 0.8, better: 'higher' }),
      { name: 'p', type: 'float', role: 'previous', of: 'on_time' } as const,
    ];
    expect(
      summarize(
        widget('kpi', 'On time', { compare: 'vs. yesterday' }),
        frames(result(columns, [[0.84, 0.8]])),
        context(),
      ),
    ).toBe('On time: 84%, up 4.0 pts vs. yesterday. Goal 80%: reached.');
  });

  it('tells newest, highest and lowest of a line with its window', () => {
    const rows = [3, 9, 1, 5].map((value, hour) => [START + hour * HOUR, value]);
    const shown = result([time, measured('flights', { label: 'Departures' })], rows, {
      grain: '1h',
      window: [START, START + 4 * HOUR],
    });
    expect(summarize(widget('line', 'Per hour'), frames(shown), context())).toBe(
      'Per hour: Departures: now 5, highest 9 (Tue, 18 Nov 2025, 01:00–02:00), lowest 1 (Tue, 18 Nov 2025, 02:00–03:00). Tue, 18 Nov 2025, 00:00 – 04:00 GMT-5.',
    );
  });

  it('tells states, shares, cells and leaders', () => {
    const rules = [
      { when: '<', value: 2, state: 'ok', word: 'Healthy' },
      { when: '>=', value: 2, state: 'bad', word: 'Stuck' },
    ];
    expect(
      summarize(
        widget('status', 'Parts', { rules }),
        frames(
          result(
            [dimension('part'), measured('lag')],
            [
              ['a', 1],
              ['b', 3],
            ],
          ),
        ),
        context(),
      ),
    ).toBe('Parts: 1 Healthy, 1 Stuck. b: Stuck.');
    expect(
      summarize(
        widget('pie', 'Share'),
        frames(
          result(
            [dimension('o'), measured('n')],
            [
              ['JFK', 3],
              ['LGA', 1],
            ],
          ),
        ),
        context(),
      ),
    ).toBe('Share: 4 in 2 parts: JFK 75%, LGA 25%.');
    const grid = result(
      [dimension('day', { type: 'integer' }), dimension('hour', { type: 'integer' }), measured('delay')],
      [
        [1, 9, 4],
        [2, 9, 8],
      ],
    );
    expect(
      summarize(
        widget('heatmap', 'Late', { x: 'hour', y: 'day', x_axis: 'hour', y_axis: 'weekday' }),
        frames(grid),
        context(),
      ),
    ).toBe('Late: Delay by Day and Hour: highest 8 (Tue, 09:00), lowest 4 (Mon, 09:00).');
    expect(
      summarize(
        widget('table', 'List'),
        frames(
          result(
            [dimension('o'), measured('n')],
            [
              ['JFK', 3],
              ['LGA', 4],
            ],
          ),
        ),
        context(),
      ),
    ).toBe('List: 2 rows. Most n: LGA 4, JFK 3.');
  });

  it('says when something is estimated, missing or on its way', () => {
    const columns = [dimension('o'), measured('people')];
    expect(
      summarize(widget('table', 'T'), frames(result(columns, [['a', 1]], { approximate: ['people'] })), context()),
    ).toContain('Estimated.');
    expect(summarize(widget('table', 'T'), frames(result(columns, [])), context())).toBe(
      'T: No events in this time range.',
    );
    expect(summarize(widget('line', 'T'), frames(null), context())).toBe('T: loading.');
  });
});

describe('emptiness', () => {
  const line = widget('line', 'L');

  it('is silent before the first result and when there is data', () => {
    expect(emptiness(line, frames(null))).toBeNull();
    expect(emptiness(line, frames(result([time, measured('n')], [[START, 0]])))).toBeNull();
    expect(emptiness(widget('text', 'T'), frames(null))).toBeNull();
  });

  it('says what is missing', () => {
    expect(emptiness(line, frames(result([time, measured('n')], [])))?.kind).toBe('no_rows');
    expect(emptiness(line, frames(result([time, measured('n')], [[START, null]])))?.kind).toBe('no_rows');
    expect(emptiness(widget('kpi', 'K'), frames(result([measured('n')], [[null]])))?.kind).toBe('no_values');
    expect(emptiness(widget('histogram', 'H', { bin: 'gone' }), frames(result([measured('n')], [[1]])))).toMatchObject({
      kind: 'no_column',
      message: expect.stringContaining('"gone"'),
    });
  });
});

describe('dataTable', () => {
  it('keeps every digit and names units and zones in the head', () => {
    const table = dataTable(
      widget('line', 'L'),
      frames(
        result(
          [time, measured('delay', { unit: 'min' }), measured('n', { type: 'integer' })],
          [[START, 1234.5678, '9007199254740993']],
        ),
      ),
      context(),
    );
    expect(table?.columns.map(({ title }) => title)).toEqual(['Time (GMT-5)', 'Delay (min)', 'N']);
    expect(table?.rows).toEqual([['Tue, 18 Nov 2025, 00:00', '1,234.57', '9,007,199,254,740,993']]);
    expect(table?.values).toEqual([[START, 1234.5678, '9007199254740993']]);
  });
});

describe('tooltipHtml', () => {
  it('escapes everything and carries no style attribute', () => {
    const nasty = `"><script>alert('x')</script>&`;
    const html = tooltipHtml({
      head: nasty,
      lines: [{ color: '#123456', name: nasty, value: nasty, note: nasty }],
      foot: nasty,
    });
    expect(html).not.toMatch(/<script|style=/);
    expect(html.split(escapeHtml(nasty))).toHaveLength(6);
  });

  it('counts what it does not list', () => {
    const lines = Array.from({ length: 15 }, (_, index) => ({ color: null, name: `N${index}`, value: '1' }));
    expect(tooltipHtml({ head: 'H', lines })).toContain('3 more');
  });
});
