import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, wallTime } from '../core/calendar';
import { createFormats } from '../core/format';
import { textWidth } from './measure';
import { fitting, timeTicks } from './time-ticks';

const zones = ['UTC', 'America/New_York', 'Europe/Oslo', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const spans = [MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 200 * DAY, 900 * DAY, 9000 * DAY];
// Both changes of the clocks in New York and Oslo lie in these.
const starts = [Date.UTC(2025, 2, 9, 3, 17), Date.UTC(2025, 9, 25, 20, 41), Date.UTC(2025, 6, 1)];

describe.each(zones)('ticks in %s', (timezone) => {
  const formats = createFormats({ locale: 'en-GB', timezone });

  it('never touch, whatever the span and width', () => {
    for (const from of starts) {
      for (const span of spans) {
        for (const width of [120, 300, 700, 1500]) {
          const place = (at: number): number => ((at - from) / span) * width;
          const ticks = fitting(timeTicks(from, from + span, width, formats, 12), place, width, 12);
          expect(ticks.length).toBeLessThanOrEqual(40);
          ticks.slice(1).forEach((tick, index) => {
            const before = ticks[index] ?? tick;
            const free =
              place(tick.at) - place(before.at) - (textWidth(tick.label, 12) + textWidth(before.label, 12)) / 2;
            expect(free).toBeGreaterThan(0);
          });
        }
      }
    }
  });

  it('stand on round local times across a change of the clocks', () => {
    for (const from of starts) {
      const ticks = timeTicks(from, from + 3 * DAY, 900, formats, 12);
      expect(ticks.length).toBeGreaterThan(4);
      for (const { at } of ticks) {
        const { minute, second } = wallTime(at, timezone);
        // Lord Howe moves its clocks by half an hour, so one tick of the night stands on the half hour.
        if (timezone !== 'Australia/Lord_Howe') expect([minute, second]).toEqual([0, 0]);
      }
      expect(ticks.filter(({ label }) => /[A-Z][a-z]{2}/.test(label)).length).toBeGreaterThanOrEqual(2);
    }
  });

  it('are never empty on an ordinary chart', () => {
    for (const from of starts) {
      for (const span of spans) expect(timeTicks(from, from + span, 700, formats, 12).length).toBeGreaterThan(1);
    }
  });
});
