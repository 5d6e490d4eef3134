/** What the three transports have in common: they move messages, and say once why they ended. */
import type { ClientMessage, ServerMessage } from '../messages';

export const TRANSPORTS = ['websocket', 'sse', 'poll'] as const;

/** In the order in which they are tried. */
export type TransportKind = (typeof TRANSPORTS)[number];

/** Why a transport ended. All null: the network failed, or nothing said why. */
export interface Closed {
  /** Close code of a socket. */
  readonly code: number | null;
  /** HTTP status of the request that ended it. */
  readonly status: number | null;
  readonly reason: string;
  /** Seconds the server asked to wait. */
  readonly retryAfter: number | null;
}

export interface TransportHandlers {
  /** Messages in the order of the server. An empty list is a sign of life. */
  readonly messages: (messages: readonly ServerMessage[]) => void;
  /** Called once, and not at all after `close()`. */
  readonly closed: (closed: Closed) => void;
}

export interface Transport {
  readonly send: (messages: readonly ClientMessage[]) => void;
  /** Ends it silently. */
  readonly close: () => void;
}

export type OpenTransport = (handlers: TransportHandlers) => Transport;

export const closedBy = (reason: string, part: Partial<Closed> = {}): Closed => ({
  code: null,
  status: null,
  retryAfter: null,
  reason,
  ...part,
});

/** The close code that a `bye` carries, for transports that have none of their own. */
function byeCode(messages: readonly ServerMessage[]): number | null {
  const bye = messages.find((message) => message.type === 'notice' && message.kind === 'bye');
  const code = bye?.type === 'notice' ? bye.data?.['code'] : undefined;
  return typeof code === 'number' ? code : null;
}

/** Lets `closed` through once, and nothing after it or after `stop`. */
export function onceClosed(handlers: TransportHandlers): TransportHandlers & { readonly stop: () => void } {
  let done = false;
  let bye: number | null = null;
  return {
    messages: (messages) => {
      bye = byeCode(messages) ?? bye;
      if (!done) handlers.messages(messages);
    },
    closed: (closed) => {
      if (done) return;
      done = true;
      handlers.closed({ ...closed, code: closed.code ?? bye });
    },
    stop: () => {
      done = true;
    },
  };
}
