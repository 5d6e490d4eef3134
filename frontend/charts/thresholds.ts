/** Thresholds and goals: named lines across a chart. */
import type { Column } from '../core/values';
import { type ChartContext, fontSizeOf } from './context';
import { textWidth, widest } from './measure';
import type { Threshold } from './options';
import { toneColor } from './theme';

/** The thresholds of a widget, and the goal of the metric it shows. */
export function linesOf(thresholds: readonly Threshold[] | undefined, column: Column | null): readonly Threshold[] {
  const lines = thresholds ?? [];
  const goal = column?.goal;
  if (goal === null || goal === undefined || lines.some(({ value }) => value === goal)) return lines;
  return [...lines, { value: goal, label: 'Goal', tone: 'neutral' }];
}

export interface LineAxis {
  readonly axis: 'xAxis' | 'yAxis';
  /** Pixels per unit, to see which labels would touch. */
  readonly perUnit: number;
  /** The other axis runs downwards, so that an upright line ends at the bottom. */
  readonly inverse?: boolean;
  readonly nearby?: Nearby;
  /** Pixels that something else already takes above the plot. */
  readonly above?: number;
  /** Level lines are named at the right of the plot, where room was left for them. */
  readonly beside?: boolean;
  /** Where the plot begins and how many pixels it has; names of upright lines then stand at the right of their line. */
  readonly plot?: { readonly from: number; readonly pixels: number };
}

const across = (atEnd: boolean) => ({ position: atEnd ? ('insideEndTop' as const) : ('insideStartTop' as const) });

/** From lowest to highest: what one stroke or bar covers. */
type Stretch = readonly [number, number];

/** What is drawn near the two ends of level lines; their names go where they have more room. */
export interface Nearby {
  readonly start: readonly Stretch[];
  readonly end: readonly Stretch[];
}

type Values = readonly (number | null)[];

/** Strokes join neighbours, bars stand on zero. */
function stretches(values: Values, bars: boolean): readonly Stretch[] {
  return values.flatMap((value, index): Stretch[] => {
    if (value === null) return [];
    const other = bars ? 0 : (values[index - 1] ?? value);
    return [[Math.min(value, other), Math.max(value, other)]];
  });
}

/** The part of a level line that its name takes. */
const SHARE = 0.16;

export function nearbyOf(series: readonly { readonly values: Values }[], bars: boolean): Nearby {
  const part = (values: Values, atEnd: boolean): Values => {
    const count = Math.max(2, Math.ceil(values.length * SHARE));
    return atEnd ? values.slice(-count) : values.slice(0, count);
  };
  const at = (atEnd: boolean) => series.flatMap(({ values }) => stretches(part(values, atEnd), bars));
  return { start: at(false), end: at(true) };
}

/** How far what is drawn stays away from a line; 0 where it crosses. */
function room(drawn: readonly Stretch[], line: number): number {
  const away = ([low, high]: Stretch): number => Math.max(0, low - line, line - high);
  return drawn.reduce((least, stretch) => Math.min(least, away(stretch)), Number.POSITIVE_INFINITY);
}

/** Names beside the plot may not touch either. */
function allApart(sorted: readonly Threshold[], perUnit: number, size: number): boolean {
  return sorted.every(({ value }, index) => {
    const before = sorted[index - 1];
    return before === undefined || (value - before.value) * perUnit >= size * 1.3;
  });
}

/** The side of an upright line at which its name fits. */
function side({ value, label }: Threshold, { plot, perUnit }: LineAxis, size: number) {
  if (!plot) return {};
  const right = (value - plot.from) * perUnit + textWidth(label, size) <= plot.pixels;
  return { align: right ? ('left' as const) : ('right' as const) };
}

/** Upright lines are named above the plot, and along the line where two are close. */
const upright = (atEnd: boolean, inverse: boolean) =>
  atEnd
    ? { position: inverse ? ('start' as const) : ('end' as const), rotate: 0 }
    : { position: 'insideEndBottom' as const };

/** Pixels above the plot that the names of upright lines take. */
export const uprightRoom = (lines: readonly Threshold[], context: ChartContext): number =>
  lines.length > 0 ? fontSizeOf(context) + 8 : 0;

/** Pixels at the right for the names of level lines. */
export function besideRoom(lines: readonly Threshold[], context: ChartContext): number {
  if (lines.length === 0) return 0;
  const names = lines.map(({ label }) => label);
  return Math.min(context.width * 0.25, widest(names, fontSizeOf(context)) + 8);
}

/** A `markLine` that draws and names every threshold; labels that would touch go to opposite ends. */
export function markLines(lines: readonly Threshold[], where: LineAxis, context: ChartContext) {
  const { theme } = context;
  const { axis, perUnit, inverse = false, nearby, above = 0 } = where;
  const better = (value: number): boolean => !nearby || room(nearby.end, value) >= room(nearby.start, value);
  const size = fontSizeOf(context);
  const sorted = [...lines].sort((a, b) => a.value - b.value);
  const beside = where.beside === true && allApart(sorted, perUnit, size);
  let before = Number.NEGATIVE_INFINITY;
  let atEnd = true;
  const data = sorted.map((line) => {
    const { value, label, tone = 'neutral' } = line;
    atEnd = (value - before) * perUnit < size * (axis === 'yAxis' ? 1.6 : 5) ? !atEnd : better(value);
    before = value;
    const color = toneColor(theme, tone);
    const halo = { textBorderColor: theme.surface, textBorderWidth: 3 };
    const level = beside ? { position: 'end' as const } : across(atEnd);
    const place = axis === 'yAxis' ? level : { ...upright(atEnd, inverse), ...(atEnd ? side(line, where, size) : {}) };
    const distance = axis === 'xAxis' && atEnd ? 3 + above : 3;
    const text = { show: true, formatter: () => label, color, fontSize: size, distance, ...halo, ...place };
    return { [axis]: value, name: label, label: text, lineStyle: { color, type: [4, 3], width: 1.25 } };
  });
  return { symbol: 'none', silent: true, animation: false, precision: 12, data };
}
