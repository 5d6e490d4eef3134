/** Keeps one link to the server alive: falls back, climbs back, backs off, pauses. Knows nothing of dashboards. */
import { type Verdict, verdictOf, waitFor } from './backoff';
import { Climb } from './climb';
import type { ConnectionState, Phase } from './connection-state';
import type { Cancel, Environment, Signal } from './environment';
import { type Ladder, nextStep, TOP } from './ladder';
import { Link, type LinkEvents } from './link';
import type { ClientMessage, ServerMessage, WelcomeMessage } from './messages';
import type { Readable, Store } from './store';
import { type Closed, type OpenTransport, TRANSPORTS, type TransportKind } from './transports/transport';

export type Transports = Readonly<Record<TransportKind, OpenTransport>>;

export interface ConnectionEvents {
  /** A session began; everything must be subscribed again. */
  readonly welcome: (welcome: WelcomeMessage) => void;
  readonly messages: (messages: readonly ServerMessage[]) => void;
  /** The session ended. */
  readonly lost: (verdict: Verdict) => void;
}

/** A tab that nobody looked at for this long gives its connection back. */
const HIDDEN_PAUSE_MS = 5 * 60_000;

const nothing: Cancel = () => {};

export class Connection {
  readonly #env: Environment;
  readonly #transports: Transports;
  readonly #events: ConnectionEvents;
  readonly #state: Store<ConnectionState>;
  readonly #climb: Climb;
  #ladder: Ladder = TOP;
  #link: Link | null = null;
  #cancelRetry: Cancel = nothing;
  #cancelHidden: Cancel = nothing;
  #unwatch: Cancel = nothing;
  #wasLive = false;

  constructor(env: Environment, transports: Transports, state: Store<ConnectionState>, events: ConnectionEvents) {
    this.#env = env;
    this.#transports = transports;
    this.#state = state;
    this.#events = events;
    const open = (kind: TransportKind, linkEvents: LinkEvents): Link => this.#newLink(kind, linkEvents);
    const swap: LinkEvents['welcome'] = (link, welcome) => this.#swap(link, welcome);
    this.#climb = new Climb(env.clock, open, { ...this.#linkEvents, welcome: swap });
  }

  get state(): Readable<ConnectionState> {
    return this.#state;
  }

  get heardAt(): number | null {
    return this.#link?.heardAt ?? null;
  }

  get live(): boolean {
    return this.#state.latest.phase === 'live';
  }

  start(): void {
    this.#unwatch();
    this.#unwatch = this.#env.watch((signal) => this.#signal(signal));
    this.reconnect();
  }

  /** Connects now, from the best transport, whatever the state. */
  reconnect(): void {
    this.#drop();
    this.#ladder = TOP;
    this.#open();
  }

  pause(reason: string | null = null): void {
    const { phase } = this.#state.latest;
    if (phase === 'signed_out' || phase === 'revoked') return;
    this.#drop();
    this.#enter('paused', { reason });
  }

  resume(): void {
    if (this.#state.latest.phase === 'paused') this.reconnect();
  }

  send(messages: readonly ClientMessage[]): void {
    if (this.live) this.#link?.send(messages);
  }

  close(): void {
    this.#unwatch();
    this.#cancelHidden();
    this.#drop();
  }

  #newLink(kind: TransportKind, events: LinkEvents): Link {
    return new Link(kind, this.#transports[kind], this.#env.clock, events);
  }

  #open(): void {
    const kind = TRANSPORTS[this.#ladder.rung] ?? TRANSPORTS[0];
    this.#enter(this.#wasLive || this.#ladder.attempt > 0 ? this.#waitingPhase() : 'connecting', { transport: kind });
    this.#link = this.#newLink(kind, this.#linkEvents);
  }

  readonly #linkEvents: LinkEvents = {
    welcome: (link, welcome) => {
      if (link === this.#link) this.#welcomed(link, welcome);
    },
    messages: (link, messages) => {
      if (link === this.#link) this.#events.messages(messages);
    },
    ended: (link, closed) => {
      if (link === this.#link) this.#ended(link, closed);
    },
  };

  #welcomed(link: Link, welcome: WelcomeMessage): void {
    this.#wasLive = true;
    this.#enter('live', { transport: link.kind });
    this.#climb.watch(this.#ladder.rung);
    this.#events.welcome(welcome);
  }

  /** A better transport answered beside the one in use: it takes over. */
  #swap(link: Link, welcome: WelcomeMessage): void {
    this.#link?.close();
    this.#link = link;
    this.#ladder = { ...TOP, rung: TRANSPORTS.indexOf(link.kind) };
    this.#welcomed(link, welcome);
  }

  #ended(link: Link, closed: Closed): void {
    this.#link = null;
    this.#climb.stop();
    const welcomed = link.welcomedAt !== null;
    const verdict = verdictOf(closed, welcomed, link.kind !== 'websocket');
    if (welcomed) this.#events.lost(verdict);
    if (verdict === 'signed_out' || verdict === 'revoked') {
      this.#enter(verdict, { reason: closed.reason });
      return;
    }
    const lived = this.#env.clock.now() - (link.welcomedAt ?? this.#env.clock.now());
    const next = nextStep(this.#ladder, { verdict, welcomed, lived, abrupt: closed.code === null });
    this.#ladder = next.ladder;
    if (next.wait) this.#wait(waitFor(closed, verdict, next.ladder.attempt - 1, this.#env.random()), closed.reason);
    else this.#open();
  }

  #wait(milliseconds: number, reason: string): void {
    this.#enter(this.#waitingPhase(), { reason, retryAt: this.#env.clock.now() + milliseconds });
    this.#cancelRetry = this.#env.clock.after(milliseconds, () => this.#open());
  }

  #waitingPhase(): Phase {
    return this.#env.online() ? 'reconnecting' : 'offline';
  }

  #drop(): void {
    this.#cancelRetry();
    this.#climb.stop();
    const link = this.#link;
    this.#link = null;
    link?.close();
    if (link?.welcomedAt) this.#events.lost('retry');
  }

  #enter(phase: Phase, part: Partial<ConnectionState> = {}): void {
    const before = this.#state.latest;
    const since = before.phase === phase ? before.since : this.#env.clock.now();
    const attempt = phase === 'live' ? 0 : this.#ladder.attempt;
    this.#state.set({ phase, since, attempt, transport: null, retryAt: null, reason: null, ...part });
  }

  #signal(signal: Signal): void {
    const { phase, reason } = this.#state.latest;
    this.#cancelHidden();
    if (signal === 'hidden') {
      if (phase !== 'paused') this.#cancelHidden = this.#env.clock.after(HIDDEN_PAUSE_MS, () => this.#hide());
      return;
    }
    if (signal === 'visible' && phase === 'paused' && reason === 'hidden') this.resume();
    else if (phase === 'live') this.#link?.probe();
    else if (phase !== 'reconnecting' && phase !== 'offline') return;
    else if (signal === 'offline') this.#enter('offline', { reason, retryAt: this.#state.latest.retryAt });
    else this.reconnect();
  }

  #hide(): void {
    const { phase } = this.#state.latest;
    if (phase === 'live' || phase === 'reconnecting' || phase === 'offline') this.pause('hidden');
  }
}
