/** One place for how values look: numbers compact on charts and exact in tooltips, times in the result's zone. */
import { type NumberFormats, numberFormats, THIN } from './numbers';
import { age, duration, type TimeFormats, timeFormats } from './times';
import type { Column, Value } from './values';

export interface Formats extends NumberFormats, TimeFormats {
  readonly locale: string;
  readonly timezone: string;
  /** Seconds: `1 h 25 min`. */
  readonly duration: (seconds: number) => string;
  /** Milliseconds: `now`, `12 s`, `3 min`. */
  readonly age: (milliseconds: number) => string;
  /** The same formats in another zone; for a result that names its own. */
  readonly inZone: (timezone: string | null) => Formats;
}

export type Style = 'compact' | 'exact';

/** The part of a column that decides how its values look. */
export type Look = Pick<Column, 'type' | 'unit' | 'format' | 'decimals'>;

/** What stands for a missing value. */
export const MISSING = '\u2013';

export interface FormatOptions {
  /** BCP 47, such as `en-GB`. */
  readonly locale: string;
  /** IANA name, such as `Europe/Oslo`. */
  readonly timezone: string;
}

export function createFormats({ locale, timezone }: FormatOptions): Formats {
  const zones = new Map<string, Formats>();
  const inZone = (other: string | null): Formats => {
    if (other === null || other === timezone) return formats;
    const known = zones.get(other) ?? createFormats({ locale, timezone: other });
    zones.set(other, known);
    return known;
  };
  const formats: Formats = {
    locale,
    timezone,
    ...numberFormats(locale),
    ...timeFormats(locale, timezone),
    duration,
    age,
    inZone,
  };
  return formats;
}

const NUMBERS = new Set<Column['type']>(['integer', 'float', 'decimal']);

export const isNumeric = (column: Pick<Column, 'type'>): boolean => NUMBERS.has(column.type);

/** A value as a number for drawing; null where there is none. Big integers and decimals lose digits here, and only here. */
export function toNumber(value: Value | undefined): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function plainNumber(formats: Formats, look: Look, value: number | string, style: Style): string {
  if (style === 'exact') return formats.exact(value, look.decimals);
  const number = Number(value);
  if (Math.abs(number) < 1000 && look.decimals != null) return formats.exact(number, look.decimals);
  return formats.compact(number);
}

/** The number without its unit, for axes and tables that name the unit once. */
export function formatNumber(formats: Formats, look: Look, value: number | string, style: Style): string {
  const number = Number(value);
  switch (look.format) {
    case 'percent':
      return formats.percent(number, look.decimals);
    case 'currency':
      return formats.currency(value, look.unit ?? '', style);
    case 'duration':
      return formats.duration(number);
    case 'bytes':
      return formats.bytes(number);
    case 'integer':
      return style === 'exact' ? formats.exact(value, 0) : formats.compact(Math.round(number));
    default:
      return plainNumber(formats, look, value, style);
  }
}

const CARRY_UNIT = new Set(['percent', 'currency', 'duration', 'bytes']);

/** The unit to name beside a number; empty when the number carries its own. */
export function unitOf(look: Look): string {
  return look.unit && !CARRY_UNIT.has(look.format ?? '') ? look.unit : '';
}

/** A unit after a number: `%` sticks to it, words keep a narrow space. */
export const unitSuffix = (unit: string): string => (unit === '' ? '' : unit === '%' ? '%' : `${THIN}${unit}`);

/** A value with its unit, or the dash for a missing one. */
export function formatValue(formats: Formats, look: Look, value: Value | undefined, style: Style): string {
  if (value === null || value === undefined) return MISSING;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (look.type === 'timestamp') return formats.dateTime(Number(value));
  if (!isNumeric(look)) return String(value);
  return formatNumber(formats, look, value, style) + unitSuffix(unitOf(look));
}
