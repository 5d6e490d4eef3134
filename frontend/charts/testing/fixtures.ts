/** Widgets with plausible results, one or more per kind, for tests and for looking at. */
import type { Widget } from '../../core/documents';
import { createFormats } from '../../core/format';
import type { Column, Result, Row } from '../../core/values';
import type { ChartContext, Frames } from '../context';
import { themeFor } from '../theme';

export const HOUR = 3_600_000;
/** Tuesday 18 November 2025, 00:00 in New York. */
export const START = Date.UTC(2025, 10, 18, 5);

export const time: Column = { name: 'time', type: 'timestamp', role: 'time' };
export const dimension = (name: string, part: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  role: 'dimension',
  ...part,
});
export const measured = (name: string, part: Partial<Column> = {}): Column => ({
  name,
  type: 'float',
  role: 'measure',
  ...part,
});

export function result(columns: readonly Column[], rows: readonly Row[], part: Partial<Result> = {}): Result {
  const key = columns.filter(({ role }) => role === 'time' || role === 'dimension').map(({ name }) => name);
  return {
    columns,
    rows,
    epoch: 'e1',
    offset: 1,
    asOf: START + 30 * HOUR,
    key,
    order: [],
    limit: null,
    mode: 'live',
    approximate: [],
    window: null,
    grain: null,
    timezone: 'America/New_York',
    truncated: false,
    ...part,
  };
}

export function context(part: Partial<ChartContext> = {}): ChartContext {
  return {
    theme: themeFor('light'),
    formats: createFormats({ locale: 'en-GB', timezone: 'Europe/Oslo' }),
    width: 560,
    height: 300,
    reducedMotion: false,
    now: START + 30 * HOUR,
    ...part,
  };
}

export const frames = (main: Result | null, parts: Frames['parts'] = {}): Frames => ({ main, parts });

export function widget(kind: Widget['kind'], title: string, options: Widget['options'] = {}): Widget {
  return { id: title.toLowerCase().replace(/\W+/g, '-'), kind, title, options };
}

/** The same numbers on every run. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A day's curve with a morning and an evening peak. */
export const daily = (hour: number): number =>
  Math.max(0, 60 * Math.exp(-((hour - 8) ** 2) / 8) + 75 * Math.exp(-((hour - 17) ** 2) / 12));
