/**
 * `GET /live/sse`, client messages by POST. Reads the stream with fetch instead of EventSource, which hides the HTTP
 * status and reconnects on its own terms.
 */
import { decodeMessages } from '../decode';
import type { ServerMessage } from '../messages';
import { EventStreamParser } from './event-stream';
import { Outbox, statusOf } from './outbox';
import { closedBy, type OpenTransport, onceClosed, type TransportHandlers } from './transport';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends client messages of `session`; `signal` ends with the transport. */
export function postTo(
  fetcher: Fetch,
  base: string,
  session: string,
  signal: AbortSignal,
): (body: string) => Promise<Response> {
  return (body) =>
    fetcher(`${base}/live/${encodeURIComponent(session)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body,
      signal,
    });
}

/** The session that a `welcome` among `messages` opens. */
export function sessionIn(messages: readonly ServerMessage[]): string | null {
  const welcome = messages.find((message) => message.type === 'welcome');
  return welcome ? welcome.session : null;
}

async function readEvents(body: ReadableStream<Uint8Array>, deliver: (data: string) => void): Promise<void> {
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = parser.push(decoder.decode(value, { stream: true }));
    if (events.length === 0) deliver('[]');
    for (const data of events) deliver(data);
  }
}

export function sseTransport(base: string, fetcher: Fetch): OpenTransport {
  return (outer: TransportHandlers) => {
    const abort = new AbortController();
    const once = onceClosed(outer);
    const outbox = new Outbox((closed) => {
      once.closed(closed);
      abort.abort();
    });
    const deliver = (data: string): void => {
      const messages = decodeMessages(data);
      const session = sessionIn(messages);
      if (session) outbox.open(postTo(fetcher, base, session, abort.signal));
      once.messages(messages);
    };
    const run = async (): Promise<void> => {
      const headers = { accept: 'text/event-stream' };
      const init: RequestInit = { headers, credentials: 'same-origin', cache: 'no-store', signal: abort.signal };
      const response = await fetcher(`${base}/live/sse`, init);
      if (!response.ok) return once.closed(closedBy('The stream was refused.', statusOf(response)));
      if (!response.headers.get('content-type')?.includes('text/event-stream') || !response.body) {
        return once.closed(closedBy('The answer is not a stream.', { status: response.status }));
      }
      await readEvents(response.body, deliver);
      once.closed(closedBy('The stream ended.'));
    };
    run().catch((error: unknown) => {
      once.closed(closedBy(String(error)));
      abort.abort();
    });
    return {
      send: (messages) => outbox.send(messages),
      close: () => {
        once.stop();
        abort.abort();
      },
    };
  };
}
