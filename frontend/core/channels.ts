/** What is held of every channel of the session, and which of them lost their thread. */
import type { Clock } from './environment';
import type { DeltaMessage, SnapshotMessage } from './messages';
import { applyDelta, type Held, replace } from './reducer';
import type { Position } from './values';

/** A refresh that brought nothing by then is asked again. */
const REFRESH_AGAIN_MS = 5_000;
/** One sample a second and channel is plenty for the paint histogram, and cheap for a slow link. */
const SEEN_EVERY_MS = 1_000;

interface Entry {
  readonly held: Held;
  /** A delta is missing: nothing more can be applied until a snapshot comes. */
  readonly broken: boolean;
}

/** `update` is null when nothing is to be shown; `refresh` says that a snapshot must be asked for. */
export interface Outcome {
  readonly update: Held | null;
  readonly refresh: boolean;
}

const NOTHING: Outcome = { update: null, refresh: false };

export class Channels {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #asked = new Map<string, number>();
  readonly #seen = new Map<string, { readonly offset: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  held(channel: string): Held | null {
    return this.#entries.get(channel)?.held ?? null;
  }

  snapshot(message: SnapshotMessage): Held {
    const held = replace(this.held(message.channel), message);
    this.#entries.set(message.channel, { held, broken: false });
    this.#asked.delete(message.channel);
    return held;
  }

  delta(message: DeltaMessage): Outcome {
    const entry = this.#entries.get(message.channel);
    if (!entry || entry.broken) return this.#gap(message.channel);
    const step = applyDelta(entry.held, message);
    if (step.kind === 'gap') return this.#gap(message.channel);
    if (step.held === entry.held) return NOTHING;
    this.#entries.set(message.channel, { held: step.held, broken: false });
    return { update: step.held, refresh: false };
  }

  /** Where the unbroken ones of `names` stand, for `resume`. */
  positions(names: Iterable<string>): Record<string, Position> {
    const positions: Record<string, Position> = {};
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (entry && !entry.broken) positions[name] = [entry.held.result.epoch, entry.held.result.offset];
    }
    return positions;
  }

  /** Whether to tell the server that `channel` was painted up to `offset`. */
  shouldReport(channel: string, offset: number): boolean {
    const now = this.#clock.now();
    const last = this.#seen.get(channel);
    if (!this.#entries.has(channel) || (last && (offset <= last.offset || now - last.at < SEEN_EVERY_MS))) return false;
    this.#seen.set(channel, { offset, at: now });
    return true;
  }

  /** A new session: what was asked of the old one will not be answered. */
  forgetRequests(): void {
    this.#asked.clear();
    this.#seen.clear();
  }

  /** Forgets every channel but `names`. */
  retain(names: ReadonlySet<string>): void {
    for (const map of [this.#entries, this.#asked, this.#seen]) {
      for (const name of map.keys()) if (!names.has(name)) map.delete(name);
    }
  }

  #gap(channel: string): Outcome {
    const now = this.#clock.now();
    const asked = this.#asked.get(channel);
    const entry = this.#entries.get(channel);
    if (entry) this.#entries.set(channel, { held: entry.held, broken: true });
    if (asked !== undefined && now - asked < REFRESH_AGAIN_MS) return NOTHING;
    this.#asked.set(channel, now);
    return { update: null, refresh: true };
  }
}
