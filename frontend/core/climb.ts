/** Tries better transports beside a working lesser one, and hands the first that answers over. */
import type { Cancel, Clock } from './environment';
import type { Link, LinkEvents } from './link';
import { TRANSPORTS, type TransportKind } from './transports/transport';

/** The first try comes soon, for a hiccup; later ones are rare, for networks that never let sockets through. */
const FIRST_MS = 30_000;
const LONGEST_MS = 10 * 60_000;

export class Climb {
  readonly #clock: Clock;
  readonly #open: (kind: TransportKind, events: LinkEvents) => Link;
  /** Where the events of a link that took over go. */
  readonly #owner: LinkEvents;
  #candidate: Link | null = null;
  #cancel: Cancel = () => {};
  #rung = 0;
  #tries = 0;

  constructor(clock: Clock, open: (kind: TransportKind, events: LinkEvents) => Link, owner: LinkEvents) {
    this.#clock = clock;
    this.#open = open;
    this.#owner = owner;
  }

  /** A transport at `rung` is in use: looks for better ones until `stop`. */
  watch(rung: number): void {
    this.stop();
    this.#rung = rung;
    if (rung > 0) this.#later();
  }

  stop(): void {
    this.#cancel();
    this.#candidate?.close();
    this.#candidate = null;
  }

  #later(): void {
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#tries, 10));
    this.#cancel = this.#clock.after(wait, () => this.#try());
  }

  #try(): void {
    const kind = TRANSPORTS[this.#tries % this.#rung] ?? TRANSPORTS[0];
    this.#tries += 1;
    this.#candidate = this.#open(kind, {
      welcome: (link, welcome) => {
        this.#candidate = null;
        this.#owner.welcome(link, welcome);
      },
      messages: this.#owner.messages,
      ended: (link, closed) => {
        if (link !== this.#candidate) return this.#owner.ended(link, closed);
        this.#candidate = null;
        this.#later();
      },
    });
  }
}
