/** Notices a connection that died without saying so: asks after a silence, gives up when no answer comes. */
import type { Cancel, Clock } from './environment';

export interface HeartbeatTimes {
  /** Milliseconds of silence before asking. */
  readonly quiet: number;
  /** Milliseconds to wait for any sign of life after asking. */
  readonly answer: number;
}

export class Heartbeat {
  readonly #clock: Clock;
  readonly #times: HeartbeatTimes;
  readonly #ask: () => void;
  readonly #dead: () => void;
  #heard: number;
  #asking = false;
  #cancel: Cancel;

  constructor(clock: Clock, times: HeartbeatTimes, ask: () => void, dead: () => void) {
    this.#clock = clock;
    this.#times = times;
    this.#ask = ask;
    this.#dead = dead;
    this.#heard = clock.now();
    this.#cancel = clock.after(times.quiet, this.#check);
  }

  /** Something arrived. */
  heard(): void {
    this.#heard = this.#clock.now();
    this.#asking = false;
  }

  /** Asks now, for the moment after sleep or a change of network. */
  probe(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#wait(this.#times.answer);
    this.#ask();
  }

  stop(): void {
    this.#cancel();
  }

  // One timer that looks when it rings, instead of one that is set anew by every message.
  readonly #check = (): void => {
    if (this.#asking) {
      this.#dead();
      return;
    }
    const left = this.#heard + this.#times.quiet - this.#clock.now();
    if (left > 0) this.#wait(left);
    else this.probe();
  };

  #wait(milliseconds: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(milliseconds, this.#check);
  }
}
