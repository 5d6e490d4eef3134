/** Observable values of core in React. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Readable } from '../core/index';

/** The value now; renders again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}

/** Several readables as one that changes when any of them does, and keeps its identity otherwise. */
export function combine<T>(readables: readonly Readable<T>[]): Readable<readonly T[]> {
  let held: readonly T[] = readables.map((readable) => readable.get());
  return {
    get: () => {
      if (readables.some((readable, index) => !Object.is(readable.get(), held[index]))) {
        held = readables.map((readable) => readable.get());
      }
      return held;
    },
    subscribe: (listener) => {
      const stops = readables.map((readable) => readable.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** The values of `readables`, which may change in number between renders. */
export function useReadables<T>(readables: readonly Readable<T>[]): readonly T[] {
  const combined = useMemo(() => combine(readables), [readables]);
  return useReadable(combined);
}
