/** The wire protocol's messages, the same over WebSocket, SSE and long poll. See protocol/README.md. */
import type { Filters, Query, SavedAsk, Window } from './documents';
import type { ApiError, Bounds, Column, Mode, Order, Position, Row, Value } from './values';

export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly id: string;
  readonly dashboard?: string;
  readonly widget?: string;
  readonly query?: Query | SavedAsk;
  readonly parameters?: Readonly<Record<string, Value>>;
  readonly filters?: Filters;
  readonly window?: Window;
  readonly timezone?: string;
  /** The least number of milliseconds between two deliveries. */
  readonly interval?: number;
  readonly resume?: Readonly<Record<string, Position>>;
  /** Watch the draft of a dashboard instead of what is published; for its editors. */
  readonly draft?: boolean;
}

/** Members left out stay as they are. */
export interface UpdateMessage {
  readonly type: 'update';
  readonly id: string;
  readonly filters?: Filters;
  readonly window?: Window;
  readonly timezone?: string;
  readonly interval?: number;
}

export interface UnsubscribeMessage {
  readonly type: 'unsubscribe';
  readonly id: string;
}

export interface RefreshMessage {
  readonly type: 'refresh';
  readonly id: string;
}

/** The page painted `channel` up to `offset`. */
export interface SeenMessage {
  readonly type: 'seen';
  readonly channel: string;
  readonly offset: number;
}

export interface PingMessage {
  readonly type: 'ping';
}

export interface PongMessage {
  readonly type: 'pong';
}

export type ClientMessage =
  | SubscribeMessage
  | UpdateMessage
  | UnsubscribeMessage
  | RefreshMessage
  | SeenMessage
  | PingMessage
  | PongMessage;

/** Sizes in bytes, times in seconds. */
export interface SessionLimits {
  readonly message_bytes: number;
  readonly subscriptions: number;
  readonly heartbeat: number;
  readonly timeout: number;
}

export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly session: string;
  readonly limits: SessionLimits;
  readonly epoch?: string;
}

/** What a channel is for; one that could not be opened has `error` and fails alone. */
export interface ChannelRef {
  readonly channel: string;
  readonly widget?: string | null;
  readonly part?: string | null;
  readonly error?: ApiError | null;
}

/** Answers `subscribe` and `update`, and comes again when what is shown became another. */
export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly id: string;
  readonly channels: readonly ChannelRef[];
  readonly recovered?: boolean;
  readonly version?: number | null;
}

export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly channel: string;
  readonly epoch: string;
  readonly offset: number;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly mode: Mode;
  readonly as_of: number;
  readonly key?: readonly string[];
  readonly order?: readonly Order[];
  readonly limit?: number | null;
  readonly approximate?: readonly string[];
  readonly window?: Bounds | null;
  readonly grain?: string | null;
  readonly timezone?: string | null;
  readonly truncated?: boolean;
}

export interface DeltaMessage {
  readonly type: 'delta';
  readonly channel: string;
  readonly base: number;
  readonly offset: number;
  readonly as_of: number;
  readonly upsert?: readonly Row[];
  readonly remove?: readonly Row[];
  /** How many updates were merged into this one. */
  readonly conflated?: number;
  readonly window?: Bounds | null;
  readonly approximate?: readonly string[] | null;
}

export type NoticeKind = 'published' | 'draft' | 'alert' | 'scope' | 'stale' | 'bye';

export interface NoticeMessage {
  readonly type: 'notice';
  readonly kind: NoticeKind;
  readonly id?: string | null;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>> | null;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly retry?: boolean;
  readonly id?: string | null;
  readonly channel?: string | null;
  readonly detail?: Readonly<Record<string, unknown>> | null;
}

export type ServerMessage =
  | WelcomeMessage
  | SubscribedMessage
  | SnapshotMessage
  | DeltaMessage
  | NoticeMessage
  | ErrorMessage
  | PingMessage
  | PongMessage;
