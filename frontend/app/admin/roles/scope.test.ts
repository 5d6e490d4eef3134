import { describe, expect, it } from 'vitest';
import { draftOf, scopeOf, scopeWords } from './scope';

const crew = {
  everything: false,
  streams: { positions: { sql: 'vessel in (:vessels)', also: ['knots > 0'] }, vessels: { sql: 'true' } },
  attributes: { vessels: ['v1', 'v2'] },
  masks: { name: 'partial' },
};

describe('a scope in a form', () => {
  it('comes back as it was, with the conditions that the form does not show', () => {
    expect(scopeOf(draftOf(crew), crew)).toEqual(crew);
    expect(scopeOf(draftOf({ everything: true }), {})).toEqual({
      everything: true,
      streams: {},
      attributes: {},
      masks: {},
    });
  });

  it('is said in a few words', () => {
    expect(scopeWords({ everything: true })).toBe('All rows');
    expect(scopeWords({})).toBe('No rows');
    expect(scopeWords(crew)).toBe('Rows of 2 streams, 1 mask');
    expect(scopeWords({ everything: true, streams: { orders: { sql: 'x' } } })).toBe('All rows, 1 narrowed');
  });
});
