import { describe, expect, it } from 'vitest';
import type { Readable } from '../core/index';
import { combine } from './readable';

class Cell<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }
}

describe('several readables as one', () => {
  it('keeps its identity while nothing changed', () => {
    const [left, right] = [new Cell(1), new Cell(2)];
    const both = combine<number>([left, right]);
    const before = both.get();
    expect(both.get()).toBe(before);
    left.set(5);
    expect(both.get()).toEqual([5, 2]);
    expect(both.get()).toBe(both.get());
    expect(before).toEqual([1, 2]);
  });

  it('tells of each change, and of none after the end', () => {
    const [left, right] = [new Cell('a'), new Cell('b')];
    const both = combine<string>([left, right]);
    const heard: (readonly string[])[] = [];
    const stop = both.subscribe(() => heard.push(both.get()));
    left.set('c');
    right.set('d');
    stop();
    left.set('e');
    expect(heard).toEqual([
      ['c', 'b'],
      ['c', 'd'],
    ]);
    expect(left.watched || right.watched).toBe(false);
  });

  it('is empty for none', () => {
    expect(combine([]).get()).toEqual([]);
  });
});
