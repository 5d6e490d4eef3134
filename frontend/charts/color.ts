/** Arithmetic on colours written as `#rrggbb`. */
import type { Scale } from './options';
import type { Diverging, Theme } from './theme';

type Rgb = readonly [number, number, number];

export function parseColor(hex: string): Rgb {
  const channel = (start: number): number => Number.parseInt(hex.slice(start, start + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

const toHex = (rgb: Rgb): string => `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

/** `share` of `b` mixed into `a`. */
export function mix(a: string, b: string, share: number): string {
  const [first, second] = [parseColor(a), parseColor(b)];
  const blend = (index: 0 | 1 | 2): number => first[index] + (second[index] - first[index]) * share;
  return toHex([blend(0), blend(1), blend(2)]);
}

/** `color` with an alpha from 0 to 1. */
export function fade(color: string, alpha: number): string {
  return `rgba(${parseColor(color).join(',')},${alpha})`;
}

const linear = (value: number): number => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);

function luminance(color: string): number {
  const [red, green, blue] = parseColor(color);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Black or white, whichever reads better on `ground`: one of them always has 4.5:1. */
export function textOn(ground: string): string {
  return contrast('#000000', ground) >= contrast('#ffffff', ground) ? '#000000' : '#ffffff';
}

/** Values to colours. `stops` are evenly spread from `min` to `max`, for a visual map's own ramp. */
export interface ColorScale {
  readonly min: number;
  readonly max: number;
  readonly stops: readonly string[];
  readonly color: (value: number) => string;
}

function ramp(stops: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[index] ?? '#000000', stops[index + 1] ?? '#000000', place - index);
}

/** Cells may fade into the ground at the middle; marks that stand alone, such as dots and lines, may not. */
export type Carrier = 'cell' | 'mark';

function divergingStops(theme: Theme, scale: Scale): Diverging {
  if (!scale.better) return theme.diverging;
  const { low, middle, high } = theme.verdict;
  return scale.better === 'higher' ? theme.verdict : { low: high, middle, high: low };
}

/** Ends from the data get arms of one length, so that equal distances from the middle look equally far. */
function arms(scale: Scale, low: number, high: number): readonly [number, number, number] {
  const middle = scale.middle ?? 0;
  if (scale.min !== undefined || scale.max !== undefined) {
    return [Math.min(low, middle), middle, Math.max(high, middle)];
  }
  const arm = Math.max(Math.abs(high - middle), Math.abs(middle - low)) || 1;
  return [middle - arm, middle, middle + arm];
}

/** Stops of a ramp are evenly spread; so many show a middle that is off the centre where it is. */
const STOPS = 25;

function divergingScale(theme: Theme, scale: Scale, low: number, high: number, carrier: Carrier): ColorScale {
  const [min, middle, max] = arms(scale, low, high);
  const ends = divergingStops(theme, scale);
  const centre = carrier === 'mark' ? theme.muted : ends.middle;
  const color = (value: number): string => {
    if (value <= middle) return ramp([ends.low, centre], (value - min) / (middle - min || 1));
    return ramp([centre, ends.high], (value - middle) / (max - middle || 1));
  };
  const even = Math.abs(max - middle - (middle - min)) < 1e-9;
  const stops = even
    ? [ends.low, centre, ends.high]
    : Array.from({ length: STOPS }, (_, index) => color(min + ((max - min) * index) / (STOPS - 1)));
  return { min, max, stops, color };
}

function sequentialStops(theme: Theme, scale: Scale, carrier: Carrier): readonly string[] {
  if (!scale.better) return theme.sequential.slice(carrier === 'mark' ? 3 : 0);
  const strong = scale.better === 'higher' ? theme.verdict.high : theme.verdict.low;
  if (carrier === 'mark') return [theme.muted, strong];
  return [mix(theme.surface, strong, 0.1), mix(theme.surface, strong, 0.55), strong];
}

/** The scale of an option over `values`; ends left out come from the data. */
export function colorScale(
  theme: Theme,
  scale: Scale,
  values: readonly number[],
  carrier: Carrier = 'cell',
): ColorScale {
  const low = scale.min ?? values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = scale.max ?? values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const [min, max] = Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [0, 1];
  if (scale.kind === 'diverging') return divergingScale(theme, scale, min, max, carrier);
  const stops = sequentialStops(theme, scale, carrier);
  const span = max - min || 1;
  return { min, max: min + span, stops, color: (value) => ramp(stops, (value - min) / span) };
}
