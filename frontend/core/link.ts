/** One transport from opening to its end: waits for the welcome, keeps the heart beating, reports the end once. */
import type { Cancel, Clock } from './environment';
import { Heartbeat } from './heartbeat';
import type { ClientMessage, ServerMessage, WelcomeMessage } from './messages';
import { type Closed, closedBy, type OpenTransport, type Transport, type TransportKind } from './transports/transport';

/** A transport that has not said welcome by then is held up by something in between. */
export const WELCOME_MS = 8_000;
/** The server asks after `heartbeat` of silence; we ask this much later, so that usually only one side does. */
const MARGIN_MS = 3_000;
/** Long enough for a busy server, short enough that a dead line is noticed before people do. */
const DEFAULT_TIMES = { heartbeat: 25, timeout: 8 } as const;

export interface LinkEvents {
  readonly welcome: (link: Link, welcome: WelcomeMessage) => void;
  readonly messages: (link: Link, messages: readonly ServerMessage[]) => void;
  readonly ended: (link: Link, closed: Closed) => void;
}

export class Link {
  readonly kind: TransportKind;
  /** When it was welcomed, in milliseconds since the epoch; null before. */
  welcomedAt: number | null = null;
  /** When something arrived last. */
  heardAt: number | null = null;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  readonly #transport: Transport;
  readonly #giveUp: Cancel;
  #heartbeat: Heartbeat | null = null;
  #over = false;

  constructor(kind: TransportKind, open: OpenTransport, clock: Clock, events: LinkEvents) {
    this.kind = kind;
    this.#clock = clock;
    this.#events = events;
    // As if a request had timed out: something is there and swallows what we say.
    this.#giveUp = clock.after(WELCOME_MS, () => this.#fail(closedBy('No welcome came.', { status: 408 })));
    this.#transport = open({
      messages: (messages) => this.#receive(messages),
      closed: (closed) => this.#end(closed),
    });
  }

  send(messages: readonly ClientMessage[]): void {
    if (!this.#over) this.#transport.send(messages);
  }

  /** Asks for a sign of life now. */
  probe(): void {
    this.#heartbeat?.probe();
  }

  /** Ends it without an event. */
  close(): void {
    if (this.#over) return;
    this.#stop();
    this.#transport.close();
  }

  #receive(messages: readonly ServerMessage[]): void {
    if (this.#over) return;
    this.heardAt = this.#clock.now();
    this.#heartbeat?.heard();
    const welcome = messages.find((message) => message.type === 'welcome');
    if (welcome && this.welcomedAt === null) this.#welcomed(welcome);
    if (messages.some((message) => message.type === 'ping')) this.send([{ type: 'pong' }]);
    if (messages.length > 0) this.#events.messages(this, messages);
  }

  #welcomed(welcome: WelcomeMessage): void {
    this.#giveUp();
    this.welcomedAt = this.#clock.now();
    const { heartbeat, timeout } = { ...DEFAULT_TIMES, ...welcome.limits };
    const times = { quiet: heartbeat * 1000 + MARGIN_MS, answer: timeout * 1000 };
    const ask = (): void => this.send([{ type: 'ping' }]);
    this.#heartbeat = new Heartbeat(this.#clock, times, ask, () => this.#fail(closedBy('The server fell silent.')));
    this.#events.welcome(this, welcome);
  }

  #fail(closed: Closed): void {
    this.#transport.close();
    this.#end(closed);
  }

  #end(closed: Closed): void {
    if (this.#over) return;
    this.#stop();
    this.#events.ended(this, closed);
  }

  #stop(): void {
    this.#over = true;
    this.#giveUp();
    this.#heartbeat?.stop();
  }
}
