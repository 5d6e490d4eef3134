import { describe, expect, it } from 'vitest';
import { addStep, DAY, floorStep, HOUR, instantOf, parseStep, type Step, wallTime, zoneOffset } from './calendar';

const york = 'America/New_York';
const step = (text: string): Step => {
  const found = parseStep(text);
  if (!found) throw new Error(text);
  return found;
};

describe('parseStep', () => {
  it.each([
    ['90s', 'second', 90],
    ['15m', 'minute', 15],
    ['1mo', 'month', 1],
    ['2w', 'week', 2],
    ['1q', 'month', 3],
    ['quarter', 'month', 3],
    ['hour', 'hour', 1],
  ])('%s', (text, unit, count) => expect(parseStep(text)).toEqual({ unit, count }));

  it.each(['', '0m', '5', 'm', '1.5h', '-1h', '5 m', '1x'])('refuses %j', (text) => expect(parseStep(text)).toBeNull());
});

describe('a zone', () => {
  it('knows its offset on both sides of a change of the clocks', () => {
    expect(zoneOffset(Date.UTC(2025, 2, 9, 6, 59, 59), york)).toBe(-5 * HOUR);
    expect(zoneOffset(Date.UTC(2025, 2, 9, 7), york)).toBe(-4 * HOUR);
    expect(zoneOffset(Date.UTC(2025, 0, 1, 0, 0, 0) + 123, 'Asia/Kathmandu')).toBe(5.75 * HOUR);
  });

  it('moves a skipped time forward and takes the first of a repeated one', () => {
    expect(instantOf(Date.UTC(2025, 2, 9, 2, 30), york)).toBe(Date.UTC(2025, 2, 9, 7, 30));
    expect(wallTime(instantOf(Date.UTC(2025, 10, 2, 1, 30), york), york)).toMatchObject({ hour: 1, minute: 30 });
  });

  it('counts weekdays from Monday', () => {
    expect(wallTime(Date.UTC(2025, 10, 24, 12), 'UTC').weekday).toBe(1);
    expect(wallTime(Date.UTC(2025, 10, 23, 12), 'UTC').weekday).toBe(7);
  });
});

describe('steps', () => {
  it('of days keep the local time across a change of the clocks', () => {
    const before = Date.UTC(2025, 2, 8, 17);
    expect(addStep(before, step('1d'), york) - before).toBe(23 * HOUR);
    expect(addStep(before, step('24h'), york) - before).toBe(DAY);
  });

  it.each([
    ['15m', Date.UTC(2025, 10, 18, 14, 15)],
    ['1h', Date.UTC(2025, 10, 18, 14)],
    ['6h', Date.UTC(2025, 10, 18, 11)],
    ['1d', Date.UTC(2025, 10, 18, 5)],
    ['1w', Date.UTC(2025, 10, 17, 5)],
    ['1mo', Date.UTC(2025, 10, 1, 4)],
    ['1q', Date.UTC(2025, 9, 1, 4)],
    ['1y', Date.UTC(2025, 0, 1, 5)],
  ])('of %s begin on the calendar of the zone', (text, instant) => {
    expect(floorStep(Date.UTC(2025, 10, 18, 14, 29, 59, 999), step(text), york)).toBe(instant);
    expect(floorStep(instant, step(text), york)).toBe(instant);
  });

  it('walk a year of days, each starting at midnight', () => {
    let day = instantOf(Date.UTC(2025, 0, 1), york);
    for (let count = 0; count < 365; count += 1) {
      expect(wallTime(day, york)).toMatchObject({ hour: 0, minute: 0 });
      day = addStep(day, step('1d'), york);
    }
    expect(wallTime(day, york)).toMatchObject({ year: 2026, month: 1, day: 1 });
  });
});
