import { describe, expect, it } from 'vitest';
import { createFormats } from './format';
import { boundsLabel, describeWindow, windowPresets } from './window';

const formats = createFormats({ locale: 'en-GB', timezone: 'Europe/Oslo' });

describe('describeWindow', () => {
  it.each([
    [{ last: '24h' }, 'Last 24 hours'],
    [{ last: '1h' }, 'Last hour'],
    [{ last: '15m' }, 'Last 15 minutes'],
    [{ last: 'soon' }, 'Last soon'],
    [{ since: 'day' }, 'Today'],
    [{ since: 'quarter' }, 'This quarter'],
    [{ all: true }, 'All time'],
    [{ from: '2024-11-03', to: '2024-11-08' }, 'Sun, 3 Nov 2024 – Fri, 8 Nov 2024'],
    [{ from: '2024-11-03T12:00:00Z' }, 'Since Sun, 3 Nov 2024, 13:00'],
    [{ to: '2024-11-03' }, 'Until Sun, 3 Nov 2024'],
  ] as const)('%j is %s', (window, text) => expect(describeWindow(window, formats)).toBe(text));
});

it('names the day once and the zone once', () => {
  const from = Date.UTC(2024, 10, 22, 13);
  expect(boundsLabel([from, from + 3_600_000], formats)).toBe('Fri, 22 Nov 2024, 14:00 – 15:00 CET');
  expect(boundsLabel([from, from + 86_400_000], formats)).toBe('Fri, 22 Nov 2024, 14:00 – Sat, 23 Nov 2024, 14:00 CET');
  expect([boundsLabel([from, null], formats), boundsLabel([null, null], formats)]).toEqual([
    'Since Fri, 22 Nov 2024, 14:00 CET',
    'All time',
  ]);
});

it('offers each preset once', () => {
  const labels = windowPresets(formats).map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels).toContain('Last 7 days');
});
