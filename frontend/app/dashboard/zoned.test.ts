import { describe, expect, it } from 'vitest';
import { toInput, toInstant } from './zoned';

const NEW_YORK = 'America/New_York';

describe('wall-clock times of a zone', () => {
  it.each([
    ['2026-01-15T09:30', '2026-01-15T14:30:00.000Z'],
    ['2026-07-15T09:30', '2026-07-15T13:30:00.000Z'],
    // Clocks went from 02:00 to 03:00.
    ['2026-03-08T01:59', '2026-03-08T06:59:00.000Z'],
    ['2026-03-08T03:00', '2026-03-08T07:00:00.000Z'],
    ['2026-12-31T23:59', '2027-01-01T04:59:00.000Z'],
  ])('%s in New York is %s', (local, instant) => {
    expect(toInstant(local, NEW_YORK)).toBe(instant);
    expect(toInput(instant, NEW_YORK)).toBe(local);
  });

  it('moves a time that does not exist forward', () => {
    expect(toInstant('2026-03-08T02:30', NEW_YORK)).toBe('2026-03-08T07:30:00.000Z');
  });

  it('takes one of the two instants of a repeated hour', () => {
    expect(['2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z']).toContain(toInstant('2026-11-01T01:30', NEW_YORK));
  });

  it('reads bare dates, and refuses what is no time', () => {
    expect(toInput('2026-02-03', NEW_YORK)).toBe('2026-02-03T00:00');
    expect(toInstant('', NEW_YORK)).toBeNull();
    expect(toInput('soon', NEW_YORK)).toBe('');
  });
});
