/** Round numbers for value axes. */

export interface ValueScale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10] as const;
/** Durations divide as people count time: seconds in 5, 15, 30; then minutes, hours, days. */
const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
] as const;

/** The smallest round step that is at least `rough`. */
export function niceStep(rough: number, seconds = false): number {
  const timed = seconds ? TIME_STEPS.find((step) => step >= rough) : undefined;
  if (timed !== undefined && rough > 0.5) return timed;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find((each) => each * power >= rough * 0.999_999) ?? 10;
  return step * power;
}

export interface ScaleWish {
  /** The value axis starts at zero; right for bars and areas, whose length is the message. */
  readonly zero: boolean;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** About how many steps. */
  readonly steps: number;
  readonly integers?: boolean;
  readonly seconds?: boolean;
}

interface Extent {
  readonly low: number;
  readonly high: number;
}

function extentOf(values: readonly number[], wish: ScaleWish): Extent {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 1];
  // A line that lives far from zero is shown where it lives; one near zero keeps zero in sight.
  const near = low >= 0 ? low <= (high - low) * 1.5 : high <= 0 && -high <= (high - low) * 1.5;
  if (wish.zero || near) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  return { low: wish.min ?? low, high: wish.max ?? high };
}

/** A scale with round ticks over `values`; fixed ends are kept as they are. */
export function valueScale(values: readonly number[], wish: ScaleWish): ValueScale {
  const { low, high } = extentOf(values, wish);
  const span = high > low ? high - low : 1;
  let interval = niceStep(span / Math.max(1, wish.steps), wish.seconds);
  if (wish.integers) interval = Math.max(1, Math.ceil(interval));
  const min = wish.min ?? Math.floor(low / interval + 1e-9) * interval;
  const max = wish.max ?? Math.ceil(high / interval - 1e-9) * interval;
  const ticks: number[] = [];
  for (let tick = Math.ceil(min / interval - 1e-9); tick * interval <= max + interval * 1e-9; tick += 1) {
    ticks.push(Number((tick * interval).toPrecision(12)));
  }
  return {
    min: Number(min.toPrecision(12)),
    max: Number(Math.max(max, min + interval).toPrecision(12)),
    interval,
    ticks,
  };
}
