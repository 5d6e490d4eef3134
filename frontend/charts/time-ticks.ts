/** Ticks of a time axis on round moments of a zone, as many as fit. */
import { addStep, DAY, floorStep, HOUR, MINUTE, type Step, stepLength, wallTime } from '../core/calendar';
import type { Formats } from '../core/format';
import { textWidth, widest } from './measure';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const STEPS: readonly Step[] = [
  ...[1, 2, 5, 10, 15, 30].map((count): Step => ({ unit: 'second', count })),
  ...[1, 2, 5, 10, 15, 30].map((count): Step => ({ unit: 'minute', count })),
  ...[1, 2, 3, 6, 12].map((count): Step => ({ unit: 'hour', count })),
  ...[1, 2].map((count): Step => ({ unit: 'day', count })),
  ...[1, 2].map((count): Step => ({ unit: 'week', count })),
  ...[1, 3, 6].map((count): Step => ({ unit: 'month', count })),
  ...[1, 2, 5, 10, 20, 50, 100].map((count): Step => ({ unit: 'year', count })),
];

/** Free pixels between two labels. */
const GAP = 20;

/** The label says what changes: the hour within a day, the day at midnight, the year in January. */
export function tickLabel(formats: Formats, at: number, step: Step): string {
  const wall = wallTime(at, formats.timezone);
  const midnight = wall.hour === 0 && wall.minute === 0 && wall.second === 0;
  if (stepLength(step) < DAY) return midnight ? formats.day(at) : formats.time(at);
  if (step.unit === 'day' || step.unit === 'week') return formats.day(at);
  return step.unit === 'year' || wall.month === 1 ? String(wall.year) : formats.month(wall.month);
}

function labelWidth(formats: Formats, step: Step, size: number): number {
  // Times with seconds are the longest of the short ones; days are about as wide in every locale.
  const length = stepLength(step);
  const samples = [Date.UTC(2024, 10, 28), Date.UTC(2024, 8, 28, 20, 44, length < MINUTE ? 44 : 0)];
  return widest(
    samples.map((at) => tickLabel(formats, at, step)),
    size,
  );
}

function ticksOf(from: number, to: number, step: Step, formats: Formats): readonly number[] {
  const { timezone } = formats;
  const found: number[] = [];
  const length = stepLength(step);
  for (let at = floorStep(from, step, timezone); at <= to && found.length < 200; ) {
    if (at >= from) found.push(at);
    const next = addStep(at, step, timezone);
    // Steps of hours would drift off midnight when the clocks change; aligning again keeps them round.
    const aligned = length >= HOUR && length < DAY ? floorStep(next + length / 2, step, timezone) : next;
    at = aligned > at ? aligned : next;
  }
  return found;
}

/** Ticks from `from` to `to` on an axis of `width` pixels. */
export function timeTicks(from: number, to: number, width: number, formats: Formats, size: number): readonly Tick[] {
  const span = Math.max(1, to - from);
  const step = STEPS.find((each) => (stepLength(each) / span) * width >= labelWidth(formats, each, size) + GAP);
  const chosen = step ?? { unit: 'year', count: 100 };
  return ticksOf(from, to, chosen, formats).map((at) => ({ at, label: tickLabel(formats, at, chosen) }));
}

/** Pixels left of an axis that are always there: of a digit of the other axis and its distance. */
const BEFORE = 18;

/** Drops labels that would stick out of the axis or touch their neighbour. */
export function fitting(
  ticks: readonly Tick[],
  place: (at: number) => number,
  width: number,
  size: number,
): readonly Tick[] {
  const kept: Tick[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const half = textWidth(tick.label, size) / 2;
    const center = place(tick.at);
    if (center - half < Math.max(free, -BEFORE) || center + half > width + half * 0.9) continue;
    kept.push(tick);
    free = center + half + GAP / 2;
  }
  return kept;
}
