/** A number with its change against the comparison, its way to the target and its trend. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../../core/documents';
import { type Formats, formatNumber, formatValue, toNumber, unitOf } from '../../core/format';
import type { Better, Column, Value } from '../../core/values';
import { type ChartContext, type Frames, formatsOf } from '../context';
import { isApproximate, measure, type Picked, previousOf, valueAt } from '../frame';
import { optionsOf } from '../options';
import { sparkOption } from '../sparkline';

export type Verdict = 'good' | 'bad' | 'neutral';

export interface Change {
  /** `none`: no change, or nothing to compare with. */
  readonly direction: 'up' | 'down' | 'none';
  readonly arrow: '↑' | '↓' | '→';
  /** `+12.4%`, or the plain difference where a percentage would say nothing. */
  readonly text: string;
  /** `vs. same time yesterday`. */
  readonly words: string;
  readonly verdict: Verdict;
  /** The compared value, in full. */
  readonly before: string;
}

export interface Target {
  readonly label: string;
  readonly text: string;
  /** 0 to 1, for a thin bar. */
  readonly share: number;
  readonly reached: boolean;
  /** The target is a ceiling, and the number is above it. */
  readonly over: boolean;
}

export interface KpiModel {
  /** `{number: '12.4k', unit: 'min'}`: big number, small unit. */
  readonly number: string;
  readonly unit: string;
  /** With every digit, for a tooltip and for copying. */
  readonly exact: string;
  readonly change: Change | null;
  readonly target: Target | null;
  /** A sparkline, or null when the widget has no trend. */
  readonly trend: EChartsOption | null;
  readonly approximate: boolean;
  readonly missing: boolean;
}

const WORDS = 'vs. previous period';

/** A `%` belongs to the number in size, everything else is small beside it. */
function parts(formats: Formats, column: Column, value: Value): { readonly number: string; readonly unit: string } {
  if (value === null || typeof value === 'boolean')
    return { number: formatValue(formats, column, value, 'compact'), unit: unitOf(column) };
  if (column.type === 'timestamp' || column.type === 'string' || column.type === 'json') {
    return { number: formatValue(formats, column, value, 'compact'), unit: '' };
  }
  return { number: formatNumber(formats, column, value, 'compact'), unit: unitOf(column) };
}

function verdictOf(difference: number, better: Better | null | undefined): Verdict {
  if (difference === 0 || !better) return 'neutral';
  return difference > 0 === (better === 'higher') ? 'good' : 'bad';
}

/** Shares change in percentage points: from 80% to 84% is 4 points, not 5%. */
function changeText(formats: Formats, column: Column, now: number, before: number): string {
  const difference = now - before;
  const sign = difference > 0 ? '+' : '';
  if (column.format === 'percent') return `${sign}${formats.exact(difference * 100, 1)} pts`;
  if (before === 0) return `${sign}${formatValue(formats, column, difference, 'compact')}`;
  return `${sign}${formats.percent(difference / Math.abs(before), 1)}`;
}

/** In tenths of a percent, as `changeText` shows it; too little to be seen is no change. */
function isSeen(column: Column, now: number, before: number): boolean {
  const difference = now - before;
  if (column.format !== 'percent' && before === 0) return difference !== 0;
  const part = column.format === 'percent' ? difference : difference / Math.abs(before);
  return Math.round(Math.abs(part) * 1000) > 0;
}

function changeOf(
  formats: Formats,
  picked: Picked,
  before: Value,
  now: Value,
  words: string,
  better: Better | null | undefined,
): Change | null {
  const [newest, earlier] = [toNumber(now), toNumber(before)];
  if (newest === null || earlier === null) return null;
  const after = isSeen(picked.column, newest, earlier) ? newest : earlier;
  const difference = after - earlier;
  return {
    direction: difference > 0 ? 'up' : difference < 0 ? 'down' : 'none',
    arrow: difference > 0 ? '↑' : difference < 0 ? '↓' : '→',
    text: changeText(formats, picked.column, after, earlier),
    words,
    verdict: verdictOf(difference, better),
    before: formatValue(formats, picked.column, before, 'exact'),
  };
}

function targetOf(
  formats: Formats,
  column: Column,
  value: Value,
  goal: number | null,
  label: string,
  better: Better | null | undefined,
): Target | null {
  const number = toNumber(value);
  if (goal === null) return null;
  const reached = number !== null && (better === 'lower' ? number <= goal : number >= goal);
  const share = number === null || goal === 0 ? 0 : Math.min(1, Math.max(0, number / goal));
  // A goal is a round number: "80%", not "80.0%".
  const text = formatValue(formats, { ...column, decimals: null }, goal, 'compact');
  return { label, text, share, reached, over: better === 'lower' && number !== null && !reached };
}

/** What a kpi shows; null before the first result. */
export function kpiModel(widget: Widget, frames: Frames, context: ChartContext): KpiModel | null {
  const result = frames.main;
  const options = optionsOf('kpi', widget);
  const picked = result ? measure(result, options.value) : null;
  if (!result || !picked) return null;
  const { column } = picked;
  const formats = formatsOf(context, result);
  const row = result.rows[0] ?? [];
  const value = valueAt(row, picked);
  const better = options.better ?? column.better;
  const before = valueAt(row, previousOf(result, column.name));
  const trend = frames.parts[options.trend ?? 'trend'] ?? null;
  const wish = trend && measure(trend, column.name) ? { y: [column.name] } : {};
  return {
    ...parts(formats, column, value),
    exact: formatValue(formats, column, value, 'exact'),
    change: changeOf(formats, picked, before, value, options.compare ?? WORDS, better),
    target: targetOf(
      formats,
      column,
      value,
      options.target ?? column.goal ?? null,
      options.target_label ?? 'Goal',
      better,
    ),
    trend: trend ? sparkOption(trend, wish, true, context) : null,
    approximate: isApproximate(result, column),
    missing: value === null,
  };
}

/** The change in one breath, for summaries: `up 12.4% vs. yesterday`. */
export function changeWords({ direction, text, words }: Change): string {
  if (direction === 'none') return `unchanged ${words}`;
  return `${direction} ${text.replace(/^[+\u2212]/, '')} ${words}`;
}
