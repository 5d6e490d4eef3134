import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { socketUrl } from './client';
import type { ServerMessage } from './messages';
import { EventStreamParser } from './transports/event-stream';
import { pollTransport } from './transports/poll';
import { sseTransport } from './transports/sse';
import type { Closed, OpenTransport, Transport } from './transports/transport';
import { websocketTransport } from './transports/websocket';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const welcome = {
  type: 'welcome',
  session: 's 1',
  limits: { message_bytes: 1, subscriptions: 1, heartbeat: 25, timeout: 8 },
};

interface Spy {
  readonly transport: Transport;
  readonly messages: ServerMessage[];
  /** Resolves at the first close. */
  readonly ended: Promise<Closed>;
  readonly until: (done: () => boolean) => Promise<void>;
  closes: number;
}

function open(transport: OpenTransport): Spy {
  const messages: ServerMessage[] = [];
  let finish: (closed: Closed) => void = () => {};
  const ended = new Promise<Closed>((resolve) => {
    finish = resolve;
  });
  const until = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; !done(); tries += 1) {
      if (tries > 400) throw new Error('It did not happen.');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const spy: Spy = {
    transport: transport({
      messages: (list) => messages.push(...list),
      closed: (closed) => {
        spy.closes += 1;
        finish(closed);
      },
    }),
    messages,
    ended,
    until,
    closes: 0,
  };
  cleanups.push(() => spy.transport.close());
  return spy;
}

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ base: string; server: Server }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, server };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}

const socketTo = (base: string): OpenTransport =>
  websocketTransport(socketUrl(base, 'http://localhost'), (url) => new WebSocket(url));

describe('WebSocket', () => {
  it('carries messages both ways and reports the close code', async () => {
    const { base, server } = await serve((_, response) => response.end());
    const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
    const received: unknown[] = [];
    sockets.on('connection', (socket) => {
      socket.send(JSON.stringify([welcome, { type: 'ping' }]));
      socket.on('message', (data) => {
        received.push(JSON.parse(String(data)));
        if (received.length === 2) socket.close(4403, 'revoked');
      });
    });
    const spy = open(socketTo(base));
    await spy.until(() => spy.messages.length === 2);
    spy.transport.send([{ type: 'pong' }]);
    spy.transport.send([{ type: 'ping' }, { type: 'refresh', id: 's1' }]);
    expect(await spy.ended).toMatchObject({ code: 4403, reason: 'revoked' });
    expect(received).toEqual([{ type: 'pong' }, [{ type: 'ping' }, { type: 'refresh', id: 's1' }]]);
    expect(spy.closes).toBe(1);
  });

  it('ends once when the server is away, refuses or talks nonsense', async () => {
    const { base, server } = await serve((_, response) => response.writeHead(404).end());
    expect(await open(socketTo(base)).ended).toMatchObject({ code: null });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, stream, head) =>
      sockets.handleUpgrade(request, stream, head, (socket) => socket.send('{"type":')),
    );
    const spy = open(socketTo(base));
    expect((await spy.ended).reason).toContain('not JSON');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(spy.closes).toBe(1);
  });

  it('speaks the scheme of the page', () => {
    expect(socketUrl('/api/v1', 'https://example.test/dashboards/x')).toBe('wss://example.test/api/v1/live');
    expect(socketUrl('/api/v1', 'http://example.test:8080/')).toBe('ws://example.test:8080/api/v1/live');
  });
});

describe('server-sent events', () => {
  it('reads the stream and posts to its session, in order', async () => {
    const posted: unknown[] = [];
    const { base } = await serve(async (request, response) => {
      if (request.method === 'POST') {
        posted.push([request.url, await bodyOf(request)]);
        response.writeHead(202).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const text = `: hello\n\nid: e1:4\ndata: ${JSON.stringify([welcome])}\n\nid: e1:5\ndata: [{"type":"ping"}]\n\n`;
      // Cut anywhere: the parser must not care.
      for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7));
    });
    const spy = open(sseTransport(base, fetch));
    spy.transport.send([{ type: 'refresh', id: 'early' }]);
    await spy.until(() => spy.messages.length === 2 && posted.length === 1);
    spy.transport.send([{ type: 'pong' }]);
    spy.transport.send([{ type: 'ping' }]);
    await spy.until(() => JSON.stringify(posted).includes('ping'));
    expect(posted[0]).toEqual(['/api/v1/live/s%201', [{ type: 'refresh', id: 'early' }]]);
    expect(posted.flatMap((each) => (each as [string, unknown[]])[1])).toEqual([
      { type: 'refresh', id: 'early' },
      { type: 'pong' },
      { type: 'ping' },
    ]);
  });

  it.each([
    [401, {}, { status: 401, retryAfter: null }],
    [503, { 'retry-after': '7' }, { status: 503, retryAfter: 7 }],
  ])('reports status %i', async (status, headers, expected) => {
    const { base } = await serve((_, response) => response.writeHead(status, headers).end('{}'));
    expect(await open(sseTransport(base, fetch)).ended).toMatchObject(expected);
  });

  it('does not take a web page for a stream, and notices the end', async () => {
    const page = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    expect(await open(sseTransport(page.base, fetch)).ended).toMatchObject({ status: 200 });
    const short = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: []\n\n'),
    );
    expect((await open(sseTransport(short.base, fetch)).ended).reason).toBe('The stream ended.');
  });

  it('takes the close code from the good-bye', async () => {
    const bye = { type: 'notice', kind: 'bye', message: 'scope revoked', data: { code: 4403 } };
    const { base } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify([welcome])}\n\ndata: ${JSON.stringify([bye])}\n\n`);
    });
    expect(await open(sseTransport(base, fetch)).ended).toMatchObject({ code: 4403 });
  });

  it('reports a session that is gone, when a message is refused', async () => {
    const { base } = await serve((request, response) => {
      if (request.method === 'POST') response.writeHead(404).end('{}');
      else
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(`data: ${JSON.stringify([welcome])}\n\n`);
    });
    const spy = open(sseTransport(base, fetch));
    spy.transport.send([{ type: 'ping' }]);
    expect(await spy.ended).toMatchObject({ status: 404 });
  });
});

describe('long poll', () => {
  it('asks again and again within its session', async () => {
    const asked: string[] = [];
    const { base } = await serve((request, response) => {
      asked.push(request.url ?? '');
      const answer = asked.length === 1 ? [welcome] : asked.length < 4 ? [{ type: 'ping' }] : null;
      if (answer) response.end(JSON.stringify(answer));
      else response.writeHead(404).end('{}');
    });
    const spy = open(pollTransport(base, fetch));
    expect(await spy.ended).toMatchObject({ status: 404 });
    expect(asked).toEqual(['/api/v1/live/poll', ...new Array(3).fill('/api/v1/live/poll?session=s%201')]);
    expect(spy.messages.map(({ type }) => type)).toEqual(['welcome', 'ping', 'ping']);
  });

  it('stops asking when closed', async () => {
    let asked = 0;
    const { base } = await serve((_, response) => {
      asked += 1;
      response.end(JSON.stringify(asked === 1 ? [welcome] : []));
    });
    const spy = open(pollTransport(base, fetch));
    await spy.until(() => asked > 3);
    spy.transport.close();
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBeLessThanOrEqual(before + 1);
    expect(spy.closes).toBe(0);
  });
});

describe('EventStreamParser', () => {
  it('joins lines, takes every line end and passes over comments and other fields', () => {
    const parser = new EventStreamParser();
    expect(parser.push('data: a\ndata:b\r\n\r\n: c\nid: 1\nevent: x\n\ndata: d\r')).toEqual(['a\nb']);
    expect(parser.push('\n\r')).toEqual([]);
    expect(parser.push('\n')).toEqual(['d']);
  });
});
