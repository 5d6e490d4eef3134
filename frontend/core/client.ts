/** The live client: subscriptions over one connection, shown through small stores that change once per frame. */
import { Connection, type Transports } from './connection';
import type { ConnectionState } from './connection-state';
import { browserEnvironment, type Environment } from './environment';
import { Batch, type Readable, Store } from './store';
import type { ChannelState, SubscriptionState, Target, View } from './subscription';
import { type Announcement, Subscriptions } from './subscriptions';
import { pollTransport } from './transports/poll';
import { type Fetch, sseTransport } from './transports/sse';
import { type OpenSocket, websocketTransport } from './transports/websocket';

export interface Subscription {
  readonly state: Readable<SubscriptionState>;
  /** What the widget (or one of its parts) shows; no arguments for a query of its own. */
  readonly channel: (widget?: string, part?: string) => Readable<ChannelState>;
  /** Replaces filters, window, timezone and interval. Old data stays shown until the new arrives. */
  readonly update: (view: View) => void;
  /** Asks for a snapshot of every channel. */
  readonly refresh: () => void;
  /** Subscribes anew, for a dashboard that was published again; old data stays shown. */
  readonly restart: () => void;
  readonly close: () => void;
}

export interface LiveClient {
  readonly connection: Readable<ConnectionState>;
  readonly start: () => void;
  readonly subscribe: (request: Target & View) => Subscription;
  /** Notices, and errors that belong to no subscription. */
  readonly onAnnouncement: (listener: (announcement: Announcement) => void) => () => void;
  /** When anything arrived last, in milliseconds since the epoch; null while not connected. */
  readonly lastMessageAt: () => number | null;
  /** Closes the connection and keeps what is shown; `resume` catches up. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly refresh: () => void;
  /** Connects now, for instance after signing in again. */
  readonly reconnect: () => void;
  /** Call after painting what `ChannelState.result` held. */
  readonly seen: (channel: string, offset: number) => void;
  readonly close: () => void;
}

const TOO_LARGE = {
  code: 'too_large',
  message: 'The request is larger than the server accepts. Choose fewer filter values.',
} as const;

/** A client over the given transports; it does nothing until `start`. */
export function createClient(env: Environment, transports: Transports): LiveClient {
  const batch = new Batch(env.schedule);
  const listeners = new Set<(announcement: Announcement) => void>();
  const since = env.clock.now();
  const initial: ConnectionState = {
    phase: 'connecting',
    transport: null,
    attempt: 0,
    retryAt: null,
    since,
    reason: null,
  };
  const state = new Store(batch, initial);
  const subscriptions = new Subscriptions(env, batch, {
    live: () => connection.live,
    send: (messages) => connection.send(messages),
    announce: (announcement) => {
      for (const listener of [...listeners]) listener(announcement);
    },
  });
  const connection = new Connection(env, transports, state, {
    welcome: () => subscriptions.begin(),
    messages: (messages) => {
      for (const message of messages) subscriptions.receive(message);
    },
    lost: (verdict) => subscriptions.end(verdict === 'too_big' ? TOO_LARGE : null),
  });
  return {
    connection: state,
    start: () => connection.start(),
    subscribe: (request) => subscribeTo(subscriptions, request),
    onAnnouncement: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    lastMessageAt: () => connection.heardAt,
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    refresh: () => subscriptions.refreshAll(),
    reconnect: () => connection.reconnect(),
    seen: (channel, offset) => {
      if (connection.live && subscriptions.channels.shouldReport(channel, offset)) {
        connection.send([{ type: 'seen', channel, offset }]);
      }
    },
    close: () => {
      connection.close();
      subscriptions.clear();
      listeners.clear();
    },
  };
}

function subscribeTo(subscriptions: Subscriptions, request: Target & View): Subscription {
  const { filters, window, timezone, interval, ...target } = request;
  const model = subscriptions.add(target, { filters, window, timezone, interval });
  return {
    state: model.state,
    channel: (widget, part) => model.channel(widget ?? null, part ?? null),
    update: (view) => subscriptions.update(model, view),
    refresh: () => subscriptions.refresh(model),
    restart: () => subscriptions.restart(model),
    close: () => subscriptions.remove(model),
  };
}

export interface LiveClientOptions {
  /** Where the API lies; `/api/v1` of this page by default. */
  readonly base?: string;
  readonly environment?: Environment;
  readonly fetch?: Fetch;
  readonly openSocket?: OpenSocket;
}

/** `WS` address of the live endpoint for an API base. */
export function socketUrl(base: string, page: string): string {
  const url = new URL(`${base}/live`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** The client of a browser page. */
export function createLiveClient(options: LiveClientOptions = {}): LiveClient {
  const base = options.base ?? '/api/v1';
  const page = typeof location === 'undefined' ? 'http://localhost' : location.href;
  const fetcher: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const openSocket: OpenSocket = options.openSocket ?? ((url) => new WebSocket(url));
  return createClient(options.environment ?? browserEnvironment(), {
    websocket: websocketTransport(socketUrl(base, page), openSocket),
    sse: sseTransport(base, fetcher),
    poll: pollTransport(base, fetcher),
  });
}
