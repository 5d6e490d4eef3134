/** Words for windows. */
import { parseStep, type Step } from './calendar';
import type { Window } from './documents';
import type { Formats } from './format';
import type { Bounds } from './values';

export interface WindowPreset {
  readonly label: string;
  readonly window: Window;
}

const PRESETS: readonly Window[] = [
  { last: '15m' },
  { last: '1h' },
  { last: '6h' },
  { last: '24h' },
  { last: '7d' },
  { last: '30d' },
  { since: 'day' },
  { since: 'week' },
  { since: 'month' },
  { since: 'year' },
  { all: true },
];

const SINCE_WORDS: Readonly<Record<NonNullable<Window['since']>, string>> = {
  hour: 'This hour',
  day: 'Today',
  week: 'This week',
  month: 'This month',
  quarter: 'This quarter',
  year: 'This year',
};

function lastWords({ unit, count }: Step): string {
  return count === 1 ? `Last ${unit}` : `Last ${count} ${unit}s`;
}

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/** A bare date names a day of the query's own zone, so it is read and written in UTC. */
function instantWords(text: string, formats: Formats): string {
  const instant = Date.parse(text);
  if (!Number.isFinite(instant)) return text;
  return isDate(text) ? formats.inZone('UTC').date(instant) : formats.dateTime(instant);
}

/** `Last 24 hours`, `Today`, `Mon 3 Nov – Fri 7 Nov`. */
export function describeWindow(window: Window, formats: Formats): string {
  if (window.last !== undefined) {
    const step = parseStep(window.last);
    return step ? lastWords(step) : `Last ${window.last}`;
  }
  if (window.since !== undefined) return SINCE_WORDS[window.since];
  const { from, to } = window;
  if (from !== undefined && to !== undefined)
    return `${instantWords(from, formats)} \u2013 ${instantWords(to, formats)}`;
  if (from !== undefined) return `Since ${instantWords(from, formats)}`;
  if (to !== undefined) return `Until ${instantWords(to, formats)}`;
  return 'All time';
}

/** Choices for the time range, in the order of a menu. */
export function windowPresets(formats: Formats): readonly WindowPreset[] {
  return PRESETS.map((window) => ({ window, label: describeWindow(window, formats) }));
}

/** The instants a result covers, with the zone named once: `Tue 22 Nov, 14:00 – 15:00 EST`. */
export function boundsLabel([from, to]: Bounds, formats: Formats): string {
  const zone = formats.zoneName(to ?? from ?? 0);
  if (from === null && to === null) return 'All time';
  if (from === null) return `Until ${formats.dateTime(to ?? 0)} ${zone}`;
  if (to === null) return `Since ${formats.dateTime(from)} ${zone}`;
  const sameDay = formats.date(from) === formats.date(to);
  const end = sameDay ? formats.time(to) : formats.dateTime(to);
  return `${formats.dateTime(from)} \u2013 ${end} ${zone}`;
}
