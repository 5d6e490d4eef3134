import { describe, expect, it } from 'vitest';
import { compareCodePoints, compareDecimals, rowOrder } from './order';

describe('compareCodePoints', () => {
  it('puts characters beyond U+FFFF last', () => {
    const words = ['\u{1F6EB}', '\uFF21', 'z', 'é', 'A', ''];
    expect(words.sort(compareCodePoints)).toEqual(['', 'A', 'z', 'é', '\uFF21', '\u{1F6EB}']);
  });
});

describe('compareDecimals', () => {
  it.each([
    ['9007199254740993', '9007199254740992', 1],
    ['-9007199254740993', '-9007199254740992', -1],
    ['10', '9', 1],
    ['0.10', '0.1', 0],
    ['-0', '0', 0],
    ['1.000000001', '1', 1],
    ['-1.5', '1.5', -1],
    ['007', '7', 0],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareDecimals(a, b))).toBe(sign);
    expect(Math.sign(compareDecimals(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});

it('mixes numbers and strings of one integer column', () => {
  const compare = rowOrder([{ name: 'n', type: 'integer' }], [{ column: 'n', descending: true }], []);
  const rows = [[5], ['9007199254740993'], [null], [9_007_199_254_740_991]];
  expect(rows.sort(compare)).toEqual([['9007199254740993'], [9_007_199_254_740_991], [5], [null]]);
});

it('passes over columns that are not there', () => {
  const compare = rowOrder([{ name: 'n', type: 'integer' }], [{ column: 'gone' }], ['n']);
  expect([[2], [1]].sort(compare)).toEqual([[1], [2]]);
});
