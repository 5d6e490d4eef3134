/** `WS /live`: text messages both ways. */
import { decodeMessages } from '../decode';
import { closedBy, type OpenTransport, onceClosed } from './transport';

/** The part of the browser's WebSocket that is used. */
export interface Socket {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

export type OpenSocket = (url: string) => Socket;

const OPEN = 1;
const NORMAL = 1000;
/** Browsers report a socket that vanished as 1006, and one closed without a code as 1005. */
const NO_CODE = new Set([1005, 1006]);

export function websocketTransport(url: string, openSocket: OpenSocket): OpenTransport {
  return (handlers) => {
    const { messages, closed, stop } = onceClosed(handlers);
    let socket: Socket;
    try {
      socket = openSocket(url);
    } catch (error) {
      // A content policy or a malformed address throws at once; answer as if it had closed.
      queueMicrotask(() => closed(closedBy(String(error))));
      return { send: () => {}, close: stop };
    }
    socket.addEventListener('message', ({ data }) => {
      try {
        messages(decodeMessages(String(data)));
      } catch (error) {
        closed(closedBy(String(error)));
        socket.close(NORMAL);
      }
    });
    // Says nothing that `close` does not; outside of browsers an error that nobody hears would end the process.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => {
      closed(closedBy(reason, { code: NO_CODE.has(code) ? null : code }));
    });
    return {
      send: (outgoing) => {
        if (socket.readyState === OPEN && outgoing.length > 0) {
          socket.send(JSON.stringify(outgoing.length === 1 ? outgoing[0] : outgoing));
        }
      },
      close: () => {
        stop();
        socket.close(NORMAL);
      },
    };
  };
}
