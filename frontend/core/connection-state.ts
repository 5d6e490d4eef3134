/** Where the connection stands, as the page shows it. */
import { TRANSPORTS, type TransportKind } from './transports/transport';

export type Phase = 'connecting' | 'live' | 'reconnecting' | 'paused' | 'offline' | 'signed_out' | 'revoked';

export interface ConnectionState {
  readonly phase: Phase;
  /** The transport in use or being tried; null while there is none. */
  readonly transport: TransportKind | null;
  /** Failed tries in a row. */
  readonly attempt: number;
  /** When the next try is due, in milliseconds since the epoch. */
  readonly retryAt: number | null;
  /** When this phase began. */
  readonly since: number;
  /** Why the last connection ended, or `hidden` when paused because nobody looks. */
  readonly reason: string | null;
}

export type ConnectionTone = 'good' | 'busy' | 'quiet' | 'bad';

export interface ConnectionWords {
  readonly label: string;
  readonly tone: ConnectionTone;
  readonly detail: string;
}

const TRANSPORT_WORDS: Readonly<Record<TransportKind, string>> = {
  websocket: 'WebSocket',
  sse: 'server-sent events',
  poll: 'long polling',
};

function describeLive(transport: TransportKind | null): ConnectionWords {
  if (transport === 'poll') return { label: 'Polling', tone: 'good', detail: 'Updates arrive by long polling' };
  return { label: 'Live', tone: 'good', detail: `Updates arrive by ${TRANSPORT_WORDS[transport ?? TRANSPORTS[0]]}` };
}

/** The words of the live badge. */
export function describeConnection(state: ConnectionState): ConnectionWords {
  switch (state.phase) {
    case 'live':
      return describeLive(state.transport);
    case 'connecting':
      return { label: 'Connecting', tone: 'busy', detail: 'Opening the connection' };
    case 'reconnecting':
      return { label: 'Reconnecting', tone: 'busy', detail: 'The connection was lost; trying again' };
    case 'paused':
      return {
        label: 'Paused',
        tone: 'quiet',
        detail: state.reason === 'hidden' ? 'Paused while out of sight' : 'Updates are paused',
      };
    case 'offline':
      return { label: 'Offline', tone: 'bad', detail: 'This device has no network; it reconnects by itself' };
    case 'signed_out':
      return { label: 'Signed out', tone: 'bad', detail: 'Sign in again to see updates' };
    case 'revoked':
      return { label: 'No access', tone: 'bad', detail: 'Access was withdrawn; ask an administrator' };
  }
}
