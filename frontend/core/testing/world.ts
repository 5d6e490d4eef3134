/** A world for tests: time that moves by hand, chance that is chosen, transports that do as they are told. */
import { createClient, type LiveClient } from '../client';
import type { Environment, Signal } from '../environment';
import type { ClientMessage, ServerMessage, SnapshotMessage } from '../messages';
import {
  type Closed,
  closedBy,
  type OpenTransport,
  type TransportHandlers,
  type TransportKind,
} from '../transports/transport';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Time that stands still until `advance`. */
export class FakeClock {
  #now = 1_700_000_000_000;
  #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#now + milliseconds, action };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let timer = this.#due(end); timer; timer = this.#due(end)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.action();
    }
    this.#now = end;
  }

  #due(end: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** One opened transport. */
export class FakeTransport {
  readonly kind: TransportKind;
  readonly sent: ClientMessage[] = [];
  closed = false;
  readonly #handlers: TransportHandlers;

  constructor(kind: TransportKind, handlers: TransportHandlers) {
    this.kind = kind;
    this.#handlers = handlers;
  }

  say(...messages: ServerMessage[]): void {
    this.#handlers.messages(messages);
  }

  welcome(): void {
    const limits = { message_bytes: 1 << 20, subscriptions: 50, heartbeat: 25, timeout: 8 };
    this.say({ type: 'welcome', session: 'session', limits, epoch: 'e1' });
  }

  die(part: Partial<Closed> = {}): void {
    this.closed = true;
    this.#handlers.closed(closedBy('gone', part));
  }

  /** Messages of one type that were sent. */
  of<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.sent.filter((message): message is Extract<ClientMessage, { type: T }> => message.type === type);
  }
}

export class World {
  readonly clock = new FakeClock();
  readonly opened: FakeTransport[] = [];
  readonly client: LiveClient;
  chance = 0.5;
  online = true;
  #signal: ((signal: Signal) => void) | null = null;
  #frame: (() => void) | null = null;

  constructor() {
    const env: Environment = {
      clock: this.clock,
      random: () => this.chance,
      schedule: (flush) => {
        this.#frame = flush;
      },
      online: () => this.online,
      visible: () => true,
      watch: (listener) => {
        this.#signal = listener;
        return () => {
          this.#signal = null;
        };
      },
    };
    this.client = createClient(env, {
      websocket: this.#open('websocket'),
      sse: this.#open('sse'),
      poll: this.#open('poll'),
    });
  }

  /** The transport opened last. */
  get last(): FakeTransport {
    const transport = this.opened.at(-1);
    if (!transport) throw new Error('No transport was opened.');
    return transport;
  }

  /** Lets an animation frame pass. */
  frame(): void {
    const flush = this.#frame;
    this.#frame = null;
    flush?.();
  }

  get framePending(): boolean {
    return this.#frame !== null;
  }

  signal(signal: Signal): void {
    this.#signal?.(signal);
  }

  #open(kind: TransportKind): OpenTransport {
    return (handlers) => {
      const transport = new FakeTransport(kind, handlers);
      this.opened.push(transport);
      return {
        send: (messages) => transport.sent.push(...messages),
        close: () => {
          transport.closed = true;
        },
      };
    };
  }
}

/** A snapshot of carriers with counts. */
export function snapshot(
  channel: string,
  offset: number,
  rows: SnapshotMessage['rows'],
  epoch = 'e1',
): SnapshotMessage {
  return {
    type: 'snapshot',
    channel,
    epoch,
    offset,
    columns: [
      { name: 'carrier', type: 'string', role: 'dimension' },
      { name: 'n', type: 'integer', role: 'measure' },
    ],
    key: ['carrier'],
    rows,
    mode: 'live',
    as_of: 1_700_000_000_000 + offset,
  };
}
