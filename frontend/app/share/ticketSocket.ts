/** A socket for who has no cookie: asks for a single-use ticket first, so that no secret gets into an address. */
import type { Socket } from '../../core/index';
import { ApiFailure, request } from '../api/client';

interface Ticket {
  readonly ticket: string;
}

type Close = { readonly code: number; readonly reason: string };
type Listen = (type: string, listener: (event: never) => void) => void;

const CODES: Readonly<Record<number, number>> = { 401: 4401, 403: 4403, 429: 4429 };
/** What browsers report when a connection vanished. */
const VANISHED = 1006;

const askForTicket = async (): Promise<string> => {
  const { ticket } = await request<Ticket>('/sessions/tickets', { method: 'POST' });
  return ticket;
};

const refusal = (error: unknown): Close => {
  const status = error instanceof ApiFailure ? error.status : 0;
  return { code: CODES[status] ?? VANISHED, reason: String(error) };
};

export class TicketSocket implements Socket {
  #socket: WebSocket | null = null;
  #closed = false;
  #listeners: [string, (event: never) => void][] = [];

  constructor(url: string, ask: () => Promise<string> = askForTicket) {
    ask().then(
      (ticket) => this.#open(`${url}?ticket=${encodeURIComponent(ticket)}`),
      (error: unknown) => this.#refused(refusal(error)),
    );
  }

  get readyState(): number {
    return this.#socket?.readyState ?? WebSocket.CONNECTING;
  }

  readonly addEventListener: Listen & Socket['addEventListener'] = (
    type: string,
    listener: (event: never) => void,
  ): void => {
    this.#listeners.push([type, listener]);
    this.#socket?.addEventListener(type, listener as EventListener);
  };

  send(data: string): void {
    this.#socket?.send(data);
  }

  close(code?: number, reason?: string): void {
    this.#closed = true;
    this.#socket?.close(code, reason);
  }

  #open(url: string): void {
    if (this.#closed) return;
    this.#socket = new WebSocket(url);
    for (const [type, listener] of this.#listeners) {
      this.#socket.addEventListener(type, listener as EventListener);
    }
  }

  #refused(close: Close): void {
    if (this.#closed) return;
    for (const [type, listener] of this.#listeners) {
      if (type === 'close') (listener as (event: Close) => void)(close);
    }
  }
}
