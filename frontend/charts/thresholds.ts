/** Thresholds and goals: named lines across a chart. */
import type { Column } from '../core/values';
import { type ChartContext, fontSizeOf } from './context';
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
}

const across = (atEnd: boolean) => ({ position: atEnd ? ('insideEndTop' as const) : ('insideStartTop' as const) });

/** Upright lines are named above the plot, and along the line where two are close. */
const upright = (atEnd: boolean) =>
  atEnd ? { position: 'end' as const, rotate: 0 } : { position: 'insideEndBottom' as const };

/** Pixels above the plot that the names of upright lines take. */
export const uprightRoom = (lines: readonly Threshold[], context: ChartContext): number =>
  lines.length > 0 ? fontSizeOf(context) + 8 : 0;

/** A `markLine` that draws and names every threshold; labels that would touch go to opposite ends. */
export function markLines(lines: readonly Threshold[], { axis, perUnit }: LineAxis, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  const sorted = [...lines].sort((a, b) => a.value - b.value);
  let before = Number.NEGATIVE_INFINITY;
  let atEnd = true;
  const data = sorted.map(({ value, label, tone = 'neutral' }) => {
    atEnd = (value - before) * perUnit < size * (axis === 'yAxis' ? 1.6 : 5) ? !atEnd : true;
    before = value;
    const color = toneColor(theme, tone);
    const halo = { textBorderColor: theme.surface, textBorderWidth: 3 };
    const place = axis === 'yAxis' ? across(atEnd) : upright(atEnd);
    const text = { show: true, formatter: () => label, color, fontSize: size, distance: 3, ...halo, ...place };
    return { [axis]: value, name: label, label: text, lineStyle: { color, type: [4, 3], width: 1.25 } };
  });
  return { symbol: 'none', silent: true, animation: false, precision: 12, data };
}
