/** Wall-clock times of a zone, as date inputs hold them, to instants and back. */

const partsIn = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

/** The wall clock of `zone` at `instant`, read as if it were UTC (ms). */
const wallClock = (instant: number, zone: string): number => {
  const parts = Object.fromEntries(
    partsIn(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
};

/** `YYYY-MM-DDTHH:MM` in `zone` as an RFC 3339 instant, or null. A time that a clock change skips moves forward with it. */
export function toInstant(text: string, zone: string): string | null {
  const wanted = Date.parse(`${text}Z`);
  if (!Number.isFinite(wanted)) return null;
  const first = wanted - (wallClock(wanted, zone) - wanted);
  const instant = first - (wallClock(first, zone) - wanted);
  const settled = wallClock(instant, zone) === wanted ? instant : Math.max(first, instant);
  return new Date(settled).toISOString();
}

/** An instant as `YYYY-MM-DDTHH:MM` in `zone`; a bare date starts at midnight. Empty when it cannot be read. */
export function toInput(text: string, zone: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00`;
  const instant = Date.parse(text);
  return Number.isFinite(instant) ? new Date(wallClock(instant, zone)).toISOString().slice(0, 16) : '';
}
