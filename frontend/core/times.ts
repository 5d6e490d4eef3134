/** Dates, times, spans and ages as people read them, in one locale and zone. */
import { addStep, DAY, HOUR, MINUTE, parseStep, SECOND, type Step, wallTime } from './calendar';
import { THIN } from './numbers';

export interface TimeFormats {
  /** `Tue 22 Nov` with the year where it is not this one's. */
  readonly date: (instant: number) => string;
  /** `22 Nov`, for axes. */
  readonly day: (instant: number) => string;
  readonly time: (instant: number) => string;
  readonly dateTime: (instant: number) => string;
  /** A bucket of a grain: `Tue 22 Nov, 14:00–15:00`, `November 2026`. */
  readonly bucket: (instant: number, grain: string | null) => string;
  /** The short name of the zone at an instant: `EST`, `GMT+1`. */
  readonly zoneName: (instant: number) => string;
  /** Weekday 1 (Monday) to 7. */
  readonly weekday: (number: number, style?: 'short' | 'long') => string;
  /** Month 1 to 12. */
  readonly month: (number: number, style?: 'short' | 'long') => string;
  /** Hour of the day 0 to 23. */
  readonly hour: (number: number) => string;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
];

/** Seconds as the two largest units that matter: `1 h 25 min`, `12.3 s`, `450 ms`. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? '\u2212' : '';
  const total = Math.abs(seconds) * SECOND;
  if (total === 0) return `0${THIN}s`;
  if (total < 0.9995 * SECOND) return `${sign}${Number(total.toPrecision(3))}${THIN}ms`;
  if (total < 59.95 * SECOND) return `${sign}${Number((total / SECOND).toFixed(1))}${THIN}s`;
  const largest = UNITS.findIndex(([, length]) => total >= length * 0.9995);
  const [unit, length] = UNITS[largest] ?? ['s', SECOND];
  const [smaller, part] = UNITS[largest + 1] ?? ['ms', 1];
  const whole = Math.round(total / part);
  const perUnit = length / part;
  const rest = whole % perUnit;
  const head = `${sign}${Math.floor(whole / perUnit)}${THIN}${unit}`;
  return rest === 0 ? head : `${head} ${rest}${THIN}${smaller}`;
}

/** How long ago, in one unit that does not flicker: `now`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function age(milliseconds: number): string {
  if (milliseconds < SECOND) return 'now';
  const [unit, length] = UNITS.find(([, size]) => milliseconds >= size) ?? ['s', SECOND];
  return `${Math.floor(milliseconds / length)}${THIN}${unit}`;
}

const isSubDay = (step: Step): boolean => ['second', 'minute', 'hour'].includes(step.unit);

export function timeFormats(locale: string, zone: string): TimeFormats {
  const make = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  const day = make({ weekday: 'short', day: 'numeric', month: 'short' });
  const dayOfYear = make({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  // Twelve-hour clocks are not padded: 5:09 PM.
  const hour = make({ hour: 'numeric' }).resolvedOptions().hour12 ? 'numeric' : '2-digit';
  const clock = make({ hour, minute: '2-digit' });
  const seconds = make({ hour, minute: '2-digit', second: '2-digit' });
  const bare = make({ day: 'numeric', month: 'short' });
  const monthYear = make({ month: 'long', year: 'numeric' });
  const named = make({ timeZoneName: 'short' });
  const plain = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const weekdays = { short: plain({ weekday: 'short' }), long: plain({ weekday: 'long' }) };
  const months = { short: plain({ month: 'short' }), long: plain({ month: 'long' }) };
  const hours = plain({ hour, minute: '2-digit' });

  const year = (instant: number): number => wallTime(instant, zone).year;
  // Asked each time: a wall display lives to see the new year.
  const thisYear = (): number => new Date().getUTCFullYear();
  const date = (instant: number): string => (year(instant) === thisYear() ? day : dayOfYear).format(instant);
  const time = (instant: number): string => (instant % MINUTE === 0 ? clock : seconds).format(instant);
  const zoneName = (instant: number): string =>
    named.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? zone;

  const bucket = (instant: number, grain: string | null): string => {
    const step = grain === null ? null : parseStep(grain);
    if (!step) return `${date(instant)}, ${time(instant)}`;
    const end = addStep(instant, step, zone);
    if (isSubDay(step)) return `${date(instant)}, ${time(instant)}\u2013${time(end)}`;
    if (step.unit === 'day' && step.count === 1) return date(instant);
    if (step.unit === 'month' && step.count === 1) return monthYear.format(instant);
    if (step.unit === 'year' && step.count === 1) return String(year(instant));
    return `${date(instant)} \u2013 ${date(end - 1)}`;
  };
  return {
    date,
    time,
    zoneName,
    bucket,
    day: (instant) => bare.format(instant),
    dateTime: (instant) => `${date(instant)}, ${time(instant)}`,
    // 1 January 2024 was a Monday.
    weekday: (number, style = 'short') => weekdays[style].format(Date.UTC(2024, 0, number)),
    month: (number, style = 'short') => months[style].format(Date.UTC(2024, number - 1, 1)),
    hour: (number) => hours.format(Date.UTC(2024, 0, 1, number)),
  };
}
