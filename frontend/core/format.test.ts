import { describe, expect, it } from 'vitest';
import { createFormats, formatValue, type Look, toNumber, unitOf } from './format';

const formats = createFormats({ locale: 'en-GB', timezone: 'Europe/Oslo' });
const look = (part: Partial<Look>): Look => ({ type: 'float', ...part });

describe('compact', () => {
  it.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1k'],
    [12_400, '12.4k'],
    [999_499, '999k'],
    [999_950, '1\u202fM'],
    [3_100_000, '3.1\u202fM'],
    [2.5e9, '2.5\u202fB'],
    [7e12, '7\u202fT'],
    [12e15, '12,000\u202fT'],
    [-12_400, '\u221212.4k'],
    [12.3456, '12.3'],
    [1.2345, '1.23'],
    [0.012345, '0.0123'],
    [1e-12, '0.000000000001'],
  ])('%d is %s', (value, text) => expect(formats.compact(value)).toBe(text));
});

describe('exact', () => {
  it('loses no digit of big integers and decimals', () => {
    expect(formats.exact('9007199254740993')).toBe('9,007,199,254,740,993');
    expect(formats.exact('-12345678901234567890.123456789')).toBe('\u221212,345,678,901,234,567,890.123456789');
    expect(formats.exact('1.50', 2)).toBe('1.50');
  });

  it('shows as many digits as matter', () => {
    expect([1234.5678, 12.34567, 0.00012345, 42].map((value) => formats.exact(value))).toEqual([
      '1,234.57',
      '12.346',
      '0.000123',
      '42',
    ]);
    expect(formats.exact(2, 1)).toBe('2.0');
  });

  it('follows the locale', () => {
    expect(createFormats({ locale: 'de-DE', timezone: 'UTC' }).exact(1234.5)).toBe('1.234,5');
    expect(createFormats({ locale: 'nb-NO', timezone: 'UTC' }).compact(12_400)).toBe('12,4k');
  });
});

describe('units', () => {
  it.each([
    [look({ format: 'percent' }), 0.8234, 'compact', '82.3%'],
    [look({ format: 'percent', decimals: 0 }), 0.8234, 'exact', '82%'],
    [look({ format: 'currency', unit: 'EUR' }), 1234.5, 'exact', '€1,234.50'],
    [look({ format: 'currency', unit: 'EUR' }), -1_234_000, 'compact', '\u2212€1.23\u202fM'],
    [
      look({ format: 'currency', unit: 'EUR', type: 'decimal' }),
      '12345678901234567890.12',
      'exact',
      '€12,345,678,901,234,567,890.12',
    ],
    [look({ format: 'duration' }), 5100, 'compact', '1\u202fh 25\u202fmin'],
    [look({ format: 'bytes' }), 1_536_000, 'compact', '1.54\u202fMB'],
    [look({ format: 'integer' }), 1234, 'exact', '1,234'],
    [look({ unit: 'min', decimals: 1 }), 12.345, 'compact', '12.3\u202fmin'],
    [look({ unit: '%' }), 63.4, 'compact', '63.4%'],
    [look({ type: 'boolean' }), true, 'compact', 'Yes'],
    [look({ type: 'string' }), 'JFK', 'compact', 'JFK'],
    [look({}), null, 'exact', '\u2013'],
  ] as const)('%j of %j, %s, is %s', (column, value, style, text) => {
    expect(formatValue(formats, column, value, style)).toBe(text);
  });

  it('are named only where the number does not carry its own', () => {
    expect(unitOf(look({ unit: 'min' }))).toBe('min');
    expect(unitOf(look({ unit: 'EUR', format: 'currency' }))).toBe('');
  });
});

describe('durations and ages', () => {
  it.each([
    [0, '0\u202fs'],
    [0.00045, '0.45\u202fms'],
    [0.45, '450\u202fms'],
    [12.34, '12.3\u202fs'],
    [59.97, '1\u202fmin'],
    [200, '3\u202fmin 20\u202fs'],
    [3600, '1\u202fh'],
    [7199.9, '2\u202fh'],
    [100_000, '1\u202fd 4\u202fh'],
    [-90, '\u22121\u202fmin 30\u202fs'],
  ])('%d seconds are %s', (seconds, text) => expect(formats.duration(seconds)).toBe(text));

  it.each([
    [400, 'now'],
    [12_900, '12\u202fs'],
    [200_000, '3\u202fmin'],
    [7_300_000, '2\u202fh'],
    [400_000_000, '4\u202fd'],
  ])('%d milliseconds ago is %s', (age, text) => expect(formats.age(age)).toBe(text));
});

describe('times', () => {
  const instant = Date.UTC(2024, 10, 22, 23, 5);

  it('are told in the zone of the result', () => {
    expect(formats.time(instant)).toBe('00:05');
    expect(formats.inZone('America/New_York').time(instant)).toBe('18:05');
    expect(formats.inZone(null)).toBe(formats);
    expect(formats.inZone('UTC')).toBe(formats.inZone('UTC'));
    expect(formats.zoneName(instant)).toBe('CET');
  });

  it.each([
    ['5m', 'Sat, 23 Nov 2024, 00:05–00:10'],
    ['1d', 'Sat, 23 Nov 2024'],
    ['1mo', 'November 2024'],
    ['1y', '2024'],
    [null, 'Sat, 23 Nov 2024, 00:05'],
  ])('a bucket of %s is %s', (grain, text) => expect(formats.bucket(instant, grain)).toBe(text));

  it('name the first and the last day of a longer bucket', () => {
    expect(formats.bucket(Date.UTC(2024, 10, 22, 23), '7d')).toBe('Sat, 23 Nov 2024 – Fri, 29 Nov 2024');
  });

  it('name weekdays from Monday and months from January', () => {
    expect([1, 7].map((day) => formats.weekday(day))).toEqual(['Mon', 'Sun']);
    expect([1, 12].map((month) => formats.month(month, 'long'))).toEqual(['January', 'December']);
    expect(formats.hour(9)).toBe('09:00');
  });
});

it('reads numbers for drawing', () => {
  expect([3, '12.5', true, null, undefined, '', 'abc'].map(toNumber)).toEqual([3, 12.5, 1, null, null, null, null]);
});
