/** The order of rows, as the protocol defines it for server and client alike. */
import type { Column, Order, Row, Value } from './values';

export type Compare = (a: Row, b: Row) => number;

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** UTF-16 sorts characters beyond U+FFFF before U+E000; code points sort them after. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // A surrogate stands for a character beyond U+FFFF, whatever its own number.
    if (isSurrogate(left) !== isSurrogate(right)) return isSurrogate(left) ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

interface Digits {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

const DECIMAL = /^([+-]?)0*(\d*)(?:\.(\d*))?$/;

function digitsOf(text: string): Digits | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const whole = match[2] ?? '';
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  return { negative: match[1] === '-' && whole + fraction !== '', whole, fraction };
}

/** Compares decimal numerals of any length without losing a digit. */
export function compareDecimals(a: string, b: string): number {
  const left = digitsOf(a);
  const right = digitsOf(b);
  if (!left || !right) return Number(a) - Number(b);
  if (left.negative !== right.negative) return left.negative ? -1 : 1;
  const size =
    left.whole.length - right.whole.length ||
    compareCodePoints(left.whole, right.whole) ||
    compareCodePoints(left.fraction, right.fraction);
  return left.negative ? -size : size;
}

function compareNumbers(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareDecimals(String(a), String(b));
}

/** Compares two values of a column that are not null. */
export function compareValues(a: Value, b: Value, type: Column['type']): number {
  if (type === 'string' || type === 'json') return compareCodePoints(String(a), String(b));
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(a) - Number(b);
  return compareNumbers(a, b);
}

function compareBy(index: number, type: Column['type'], descending: boolean): Compare {
  return (a, b) => {
    const left = a[index] ?? null;
    const right = b[index] ?? null;
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const result = compareValues(left, right, type);
    return descending ? -result : result;
  };
}

/** By `order`, nulls last in both directions, then by the key columns ascending. */
export function rowOrder(columns: readonly Column[], order: readonly Order[], key: readonly string[]): Compare {
  const rules: Compare[] = [];
  const terms = [...order, ...key.map((column): Order => ({ column }))];
  for (const term of terms) {
    const index = columns.findIndex((column) => column.name === term.column);
    const column = columns[index];
    if (column) rules.push(compareBy(index, column.type, term.descending === true));
  }
  return (a, b) => {
    for (const rule of rules) {
      const result = rule(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}
