/** The values written at bars: beyond their ends, where no threshold strikes through them: else inside, or past the line. */
import type { BarSeriesOption } from 'echarts';
import { type Formats, formatNumber, type Look, unitOf, unitSuffix } from '../core/format';
import { textOn } from './color';
import { type ChartContext, fontSizeOf } from './context';
import { textWidth, widest } from './measure';
import type { Threshold } from './options';
import type { Series } from './series';

/** Pixels between a bar's end and its value. */
const GAP = 5;

export interface BarLabels {
  readonly horizontal: boolean;
  readonly stack: boolean;
  readonly look: Look;
  readonly formats: Formats;
  readonly lines: readonly Threshold[];
  /** Pixels per unit of the value axis. */
  readonly perUnit: number;
  /** Pixels across a bar. */
  readonly thickness: number;
  /** No axis repeats the values: none of them may be left out. */
  readonly needed: boolean;
  /** The first value names the unit, because no axis does. */
  readonly named: boolean;
}

/** The column's own digits: bars of 8.88, 7.4 and 10 beside each other read as noise. */
const text = ({ formats, look }: Pick<BarLabels, 'formats' | 'look'>, value: number): string =>
  formatNumber(formats, look, value, 'compact');

/** Pixels of the longest value, and of the unit that the first one carries. */
export function valuesWidth(
  series: readonly Series[],
  labels: Pick<BarLabels, 'formats' | 'look' | 'named'>,
  context: ChartContext,
): number {
  const size = fontSizeOf(context);
  const texts = series.flatMap(({ values }) =>
    values.flatMap((value) => (value === null ? [] : [text(labels, value)])),
  );
  const first = series[0]?.values.find((value) => value !== null) ?? null;
  const named = labels.named && first !== null ? text(labels, first) + unitSuffix(unitOf(labels.look)) : '';
  return Math.max(widest(texts, size), textWidth(named, size));
}

/** Where the value of a bar above zero stands, and of one below. */
const ENDS = {
  above: { across: 'right', up: 'top', inAcross: 'insideRight', inUp: 'insideTop' },
  below: { across: 'left', up: 'bottom', inAcross: 'insideLeft', inUp: 'insideBottom' },
} as const;

/** Pixels from the end of a bar to its value, so that no line runs through it; `GAP` where none would. */
function distanceOf(value: number, length: number, { lines, perUnit }: BarLabels): number {
  return lines
    .map((line) => (value < 0 ? value - line.value : line.value - value) * perUnit)
    .filter((beyond) => beyond > -2)
    .sort((a, b) => a - b)
    .reduce((start, line) => (line < start - GAP + length ? line + GAP : start), GAP);
}

/** Room inside the bar for its value. */
function hasRoom(value: number, length: number, width: number, labels: BarLabels): boolean {
  const along = Math.abs(value) * labels.perUnit >= length + GAP;
  return along && (labels.horizontal ? labels.thickness >= 11 : labels.thickness >= width);
}

/** What one bar adds to the label of its series; `fill` is its colour as `#rrggbb`. */
export function labelAt(
  value: number,
  index: number,
  fill: string,
  labels: BarLabels,
  context: ChartContext,
): BarSeriesOption['label'] | null {
  if (labels.stack) return null;
  const size = fontSizeOf(context);
  const shown = text(labels, value);
  const width = textWidth(shown, size);
  const length = (labels.horizontal ? width : size * 1.2) + GAP * 2;
  const distance = distanceOf(value, length, labels);
  const struck = distance > GAP;
  const inside = struck && hasRoom(value, length, width, labels);
  if (struck && !inside && !labels.needed) return { show: false };
  const unit = labels.named && index === 0 ? unitSuffix(unitOf(labels.look)) : '';
  if (!struck && unit === '' && value >= 0) return null;
  const end = value < 0 ? ENDS.below : ENDS.above;
  return {
    ...(value < 0 ? { position: labels.horizontal ? end.across : end.up } : {}),
    ...(inside
      ? { position: labels.horizontal ? end.inAcross : end.inUp, color: textOn(fill), textBorderWidth: 0 }
      : struck
        ? { distance }
        : {}),
    ...(unit === '' ? {} : { formatter: shown + unit }),
  };
}

/** The label of a whole series of bars. */
export function seriesLabel(labels: BarLabels, context: ChartContext): BarSeriesOption {
  const { stack, horizontal } = labels;
  const label: BarSeriesOption['label'] = {
    show: true,
    position: stack ? 'inside' : horizontal ? 'right' : 'top',
    distance: GAP,
    fontSize: fontSizeOf(context),
    color: stack ? context.theme.surface : context.theme.textQuiet,
    formatter: ({ value }) => (typeof value === 'number' ? text(labels, value) : ''),
    textBorderColor: context.theme.surface,
    textBorderWidth: stack ? 0 : 3,
  };
  return { label, labelLayout: { hideOverlap: true } };
}
