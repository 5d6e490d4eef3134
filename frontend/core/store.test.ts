import { describe, expect, it, vi } from 'vitest';
import { Batch, Store } from './store';

describe('stores of one batch', () => {
  it('change together, once per flush, and only when they did', () => {
    const flushes: (() => void)[] = [];
    const batch = new Batch((flush) => flushes.push(flush));
    const [a, b] = [new Store(batch, 1), new Store(batch, 1)];
    const seen: number[][] = [];
    a.subscribe(() => seen.push([a.get(), b.get()]));
    const quiet = vi.fn();
    b.subscribe(quiet);
    a.set(2);
    a.set(3);
    b.set(9);
    b.set(1);
    expect([a.get(), a.latest, flushes.length]).toEqual([1, 3, 1]);
    flushes[0]?.();
    expect(seen).toEqual([[3, 1]]);
    expect(quiet).not.toHaveBeenCalled();
  });

  it('tell nobody who left, also in the middle of a flush', () => {
    const batch = new Batch((flush) => flush());
    const store = new Store(batch, 0);
    const listener = vi.fn();
    const [first, second] = [store.subscribe(listener), store.subscribe(listener)];
    store.set(1);
    first();
    store.set(2);
    second();
    store.set(3);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('can be set again by a listener', () => {
    const batch = new Batch((flush) => flush());
    const store = new Store(batch, 0);
    store.subscribe(() => {
      if (store.get() < 3) store.set(store.get() + 1);
    });
    store.set(1);
    expect(store.get()).toBe(3);
  });
});
