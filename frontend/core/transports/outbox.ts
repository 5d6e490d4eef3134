/** Messages to the server of the transports that only receive: one POST at a time, in order. */
import type { ClientMessage } from '../messages';
import { type Closed, closedBy } from './transport';

/** Beyond this many waiting messages those that may be lost are dropped; the others are bounded by the subscriptions. */
const WAITING_CAP = 50;

const mayBeLost = (message: ClientMessage): boolean => ['seen', 'ping', 'pong'].includes(message.type);

export type Post = (body: string) => Promise<Response>;

export class Outbox {
  readonly #failed: (closed: Closed) => void;
  #post: Post | null = null;
  #waiting: ClientMessage[] = [];
  #busy = false;

  constructor(failed: (closed: Closed) => void) {
    this.#failed = failed;
  }

  /** The session is known: what waited is sent. */
  open(post: Post): void {
    this.#post = post;
    void this.#drain();
  }

  send(messages: readonly ClientMessage[]): void {
    const full = this.#waiting.length >= WAITING_CAP;
    this.#waiting.push(...(full ? messages.filter((message) => !mayBeLost(message)) : messages));
    void this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#busy || !this.#post) return;
    this.#busy = true;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        const response = await this.#post(JSON.stringify(batch));
        if (!response.ok) return this.#failed(closedBy('A message was refused.', statusOf(response)));
      }
    } catch (error) {
      this.#failed(closedBy(String(error)));
    } finally {
      this.#busy = false;
    }
  }
}

/** Status and Retry-After of an answer that is not 2xx. */
export function statusOf(response: Response): Partial<Closed> {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return { status: response.status, retryAfter: Number.isFinite(after) ? after : null };
}
