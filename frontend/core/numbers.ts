/** Numbers as people read them, in one locale. */

export interface NumberFormats {
  /** At most three significant digits and a suffix: `12.4k`, `3.1 M`. */
  readonly compact: (value: number) => string;
  /** Every digit that matters; strings (big integers, decimals) lose none. */
  readonly exact: (value: number | string, decimals?: number | null) => string;
  /** A fraction as a percentage: 0.82 is `82%`. */
  readonly percent: (fraction: number, decimals?: number | null) => string;
  readonly currency: (value: number | string, code: string, style?: 'compact' | 'exact') => string;
  /** Bytes in decimal units: `1.5 GB`. */
  readonly bytes: (value: number) => string;
}

/** A narrow space that does not break: between a number and its unit. */
export const THIN = '\u202f';
const MINUS = '\u2212';
/** Intl writes a hyphen; a minus sign is as wide as a digit, so columns stay straight. */
export const withMinus = (text: string): string => text.replace('-', MINUS);

const SUFFIXES = ['', 'k', `${THIN}M`, `${THIN}B`, `${THIN}T`] as const;
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** Digits after the point that leave three significant ones. */
function threeDigits(size: number): number {
  if (size === 0 || Number.isInteger(size)) return 0;
  if (size >= 100) return 0;
  if (size >= 10) return 1;
  if (size >= 1) return 2;
  return Math.min(20, 2 - Math.floor(Math.log10(size)));
}

const rounded = (value: number): number => Number(value.toPrecision(3));

interface Scaled {
  readonly value: number;
  readonly step: number;
}

/** Divides by 1,000 until three digits say it; 999,950 is 1 M, not 1000k. */
function scale(value: number, steps: number): Scaled {
  let scaled = value;
  let step = 0;
  while (Math.abs(step === 0 ? scaled : rounded(scaled)) >= 1000 && step < steps) {
    scaled /= 1000;
    step += 1;
  }
  return { value: scaled, step };
}

const isIntegral = (value: number | string): boolean =>
  typeof value === 'number' ? Number.isInteger(value) : !value.includes('.');

/** Digits after the point for an exact number whose column does not say. */
function exactDigits(value: number | string): number {
  if (isIntegral(value)) return 0;
  if (typeof value === 'string') return 9;
  const size = Math.abs(value);
  return size >= 100 ? 2 : size >= 1 ? 3 : Math.max(3, threeDigits(size));
}

const isCurrencyCode = (code: string): boolean => /^[A-Z]{3}$/.test(code);

export function numberFormats(locale: string): NumberFormats {
  const made = new Map<string, Intl.NumberFormat>();
  const format = (value: number | string, options: Intl.NumberFormatOptions): string => {
    const name = JSON.stringify(options);
    const known = made.get(name) ?? new Intl.NumberFormat(locale, options);
    made.set(name, known);
    // Strings of digits are formatted without a detour over doubles.
    return withMinus(known.format(value as Intl.StringNumericLiteral));
  };
  const plain = (value: number, most: number, least = 0): string =>
    format(value, { maximumFractionDigits: most, minimumFractionDigits: Math.min(least, most) });

  const compact = (value: number): string => {
    const { value: scaled, step } = scale(value, SUFFIXES.length - 1);
    const short = step === 0 && Number.isInteger(value) ? value : rounded(scaled);
    return plain(short, threeDigits(Math.abs(short))) + (SUFFIXES[step] ?? '');
  };
  const exact = (value: number | string, decimals?: number | null): string => {
    const most = decimals ?? exactDigits(value);
    return format(value, { maximumFractionDigits: most, minimumFractionDigits: decimals ?? 0 });
  };
  const percent = (fraction: number, decimals?: number | null): string => {
    const most = decimals ?? (Math.abs(fraction) >= 0.1 ? 1 : 2);
    return format(fraction, { style: 'percent', maximumFractionDigits: most, minimumFractionDigits: decimals ?? 0 });
  };
  const currency = (value: number | string, code: string, style: 'compact' | 'exact' = 'exact'): string => {
    if (!isCurrencyCode(code)) return `${style === 'exact' ? exact(value, 2) : compact(Number(value))}${THIN}${code}`;
    if (style === 'exact') return format(value, { style: 'currency', currency: code });
    const parts = new Intl.NumberFormat(locale, { style: 'currency', currency: code }).formatToParts(
      Math.sign(Number(value)),
    );
    const digits = new Set(['decimal', 'fraction', 'group', 'minusSign']);
    const number = compact(Math.abs(Number(value)));
    const text = parts
      .filter((part) => !digits.has(part.type))
      .map((part) => (part.type === 'integer' ? number : part.value));
    return (Number(value) < 0 ? MINUS : '') + text.join('');
  };
  const bytes = (value: number): string => {
    const { value: scaled, step } = scale(value, BYTE_UNITS.length - 1);
    const short = step === 0 ? Math.round(scaled) : rounded(scaled);
    return `${plain(short, threeDigits(Math.abs(short)))}${THIN}${BYTE_UNITS[step] ?? 'B'}`;
  };
  return { compact, exact, percent, currency, bytes };
}
