/** Days, hours and months of a time zone, without a clock of our own. Instants are milliseconds since the epoch. */

export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 (Monday) to 7. */
  readonly weekday: number;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const KEEP = 64;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Building one of these costs far more than using it. The cache holds as many zones as a page could show. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  if (clocks.size >= KEEP) clocks.clear();
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(zone, made);
  return made;
}

/** Milliseconds that the wall clock of `zone` is ahead of UTC at `instant`. */
export function zoneOffset(instant: number, zone: string): number {
  const whole = Math.floor(instant / SECOND) * SECOND;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of clockOf(zone).formatToParts(whole)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

export function wallTime(instant: number, zone: string): WallTime {
  const shifted = new Date(instant + zoneOffset(instant, zone));
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: ((shifted.getUTCDay() + 6) % 7) + 1,
  };
}

/** The instant at which the wall clock of `zone` shows `wall` (milliseconds as if UTC); skipped times move forward. */
export function instantOf(wall: number, zone: string): number {
  const first = wall - zoneOffset(wall, zone);
  const second = wall - zoneOffset(first, zone);
  if (second + zoneOffset(second, zone) === wall) return second;
  return Math.max(first, second);
}

export type CalendarUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export interface Step {
  readonly unit: CalendarUnit;
  readonly count: number;
}

const UNIT_OF: Readonly<Record<string, CalendarUnit>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'month',
  y: 'year',
};

/** A duration such as `5m`, `1h`, `7d`, `1mo`; a bare unit name such as `hour` or `quarter` counts once. Null otherwise. */
export function parseStep(text: string): Step | null {
  if (text === 'quarter') return { unit: 'month', count: 3 };
  const named = Object.values(UNIT_OF).find((unit) => unit === text);
  if (named) return { unit: named, count: 1 };
  const match = /^(\d+)(s|mo|m|h|d|w|q|y)$/.exec(text);
  const unit = UNIT_OF[match?.[2] ?? ''];
  const count = Number(match?.[1]) * (match?.[2] === 'q' ? 3 : 1);
  return unit && count > 0 ? { unit, count } : null;
}

const LENGTH: Readonly<Record<CalendarUnit, number>> = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30.4375 * DAY,
  year: 365.25 * DAY,
};

/** About how many milliseconds a step lasts. */
export const stepLength = (step: Step): number => LENGTH[step.unit] * step.count;

/** The instant one step after `instant`; calendar units keep the local time of `zone`. */
export function addStep(instant: number, step: Step, zone: string, times = 1): number {
  const { unit, count } = step;
  if (unit === 'second' || unit === 'minute' || unit === 'hour') return instant + LENGTH[unit] * count * times;
  const wall = new Date(instant + zoneOffset(instant, zone));
  if (unit === 'year') wall.setUTCFullYear(wall.getUTCFullYear() + count * times);
  else if (unit === 'month') wall.setUTCMonth(wall.getUTCMonth() + count * times);
  else wall.setUTCDate(wall.getUTCDate() + count * times * (unit === 'week' ? 7 : 1));
  return instantOf(wall.getTime(), zone);
}

/** The last instant at or before `instant` at which a step of `zone`'s calendar begins. */
export function floorStep(instant: number, step: Step, zone: string): number {
  const wall = instant + zoneOffset(instant, zone);
  const date = new Date(wall);
  const { unit, count } = step;
  if (unit === 'year') return instantOf(Date.UTC(date.getUTCFullYear() - (date.getUTCFullYear() % count), 0, 1), zone);
  if (unit === 'month') {
    const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
    return instantOf(monthStart(months - (months % count)), zone);
  }
  if (unit === 'week' || unit === 'day') return instantOf(dayStart(wall, unit, count), zone);
  const length = LENGTH[unit] * count;
  const midnight = Math.floor(wall / DAY) * DAY;
  const floored = midnight + Math.floor((wall - midnight) / length) * length;
  // Within a day the wall clock may repeat an hour: going back by the difference stays in the right one.
  return instant - (wall - floored);
}

const monthStart = (months: number): number => Date.UTC(Math.floor(months / 12), months % 12, 1);

function dayStart(wall: number, unit: 'day' | 'week', count: number): number {
  const days = Math.floor(wall / DAY);
  // Day 4 of the epoch was a Monday.
  const origin = unit === 'week' ? 4 : 0;
  const length = unit === 'week' ? 7 * count : count;
  return (days - ((((days - origin) % length) + length) % length)) * DAY;
}
