/** `GET /live/poll`: asks again and again, each time waiting for news; client messages by POST. */
import { decodeMessages } from '../decode';
import { Outbox, statusOf } from './outbox';
import { type Fetch, postTo, sessionIn } from './sse';
import { closedBy, type OpenTransport, onceClosed } from './transport';

/** Polls start at least this far apart: news that comes faster travels together. */
const BETWEEN_MS = 200;

export function pollTransport(base: string, fetcher: Fetch): OpenTransport {
  return (outer) => {
    const abort = new AbortController();
    const once = onceClosed(outer);
    const outbox = new Outbox((closed) => {
      once.closed(closed);
      abort.abort();
    });
    const ask = async (session: string | null): Promise<string | null> => {
      const query = session === null ? '' : `?session=${encodeURIComponent(session)}`;
      const init: RequestInit = { credentials: 'same-origin', cache: 'no-store', signal: abort.signal };
      const response = await fetcher(`${base}/live/poll${query}`, init);
      if (!response.ok) {
        once.closed(closedBy('Polling was refused.', statusOf(response)));
        return null;
      }
      const messages = decodeMessages((await response.text()) || '[]');
      const opened = session ?? sessionIn(messages);
      if (session === null && opened !== null) outbox.open(postTo(fetcher, base, opened, abort.signal));
      once.messages(messages);
      if (opened === null) once.closed(closedBy('Polling opened no session.', { status: response.status }));
      return opened;
    };
    const run = async (): Promise<void> => {
      let session = await ask(null);
      while (session !== null && !abort.signal.aborted) {
        const next = Date.now() + BETWEEN_MS;
        session = await ask(session);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      }
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
