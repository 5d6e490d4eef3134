/** Small observable values that change together, once per frame. */

export type Listener = () => void;

/** A value to read and watch; both members are bound, so they fit `useSyncExternalStore`. */
export interface Readable<T> {
  readonly get: () => T;
  readonly subscribe: (listener: Listener) => () => void;
}

/** Runs `flush` soon; asked again only after it ran. */
export type Scheduler = (flush: () => void) => void;

interface Pending {
  publish(): void;
  notify(): void;
}

/** Collects changed stores and publishes them in one go, so that no reader sees half an update. */
export class Batch {
  readonly #schedule: Scheduler;
  #pending = new Set<Pending>();

  constructor(schedule: Scheduler) {
    this.#schedule = schedule;
  }

  add(store: Pending): void {
    const first = this.#pending.size === 0;
    this.#pending.add(store);
    if (first) this.#schedule(() => this.flush());
  }

  /** Publishes everything that changed, then tells the listeners. */
  flush(): void {
    const stores = this.#pending;
    this.#pending = new Set();
    for (const store of stores) store.publish();
    for (const store of stores) store.notify();
  }
}

/** A value whose changes become visible at the batch's next flush. */
export class Store<T> implements Readable<T>, Pending {
  readonly #batch: Batch;
  readonly #listeners = new Set<Listener>();
  #published: T;
  #latest: T;
  #changed = false;

  constructor(batch: Batch, initial: T) {
    this.#batch = batch;
    this.#published = initial;
    this.#latest = initial;
  }

  /** What readers see: the value as of the last flush. */
  readonly get = (): T => this.#published;

  readonly subscribe = (listener: Listener): (() => void) => {
    // A wrapper of its own, so that subscribing one function twice needs two unsubscribes.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  };

  /** The value as of now, published or not. */
  get latest(): T {
    return this.#latest;
  }

  set(value: T): void {
    if (Object.is(value, this.#latest)) return;
    this.#latest = value;
    this.#batch.add(this);
  }

  publish(): void {
    this.#changed = !Object.is(this.#published, this.#latest);
    this.#published = this.#latest;
  }

  notify(): void {
    if (!this.#changed) return;
    this.#changed = false;
    for (const listener of [...this.#listeners]) listener();
  }
}
