/** Fixture server: the built page, the HTTP routes it needs, and the live protocol over WebSocket. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { boards, fieldValues, numbers } from './boards.mjs';

const STATIC = fileURLToPath(new URL('../../src/nowboard/web/static', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
const port = Number(process.argv[2] ?? 8099);
const EPOCH = 'fixture';
const position = () => Math.floor(Date.now() / 100);

const json = (response, status, body) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body === null ? '' : JSON.stringify(body));
};
const refuse = (response, status, code, message) =>
  json(response, status, { error: { code, message, request_id: 'req-1' } });
const body = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? null : JSON.parse(text);
};
const principal = { kind: 'user', id: 'u1', name: 'Ada', role: 'admin', permissions: [] };

async function api(request, response, path) {
  if (path === '/sessions' && request.method === 'POST') {
    const { link, token } = await body(request);
    if (link !== 'good' && token !== 'good') return refuse(response, 401, 'unauthenticated', 'This is not known.');
    response.setHeader('Set-Cookie', 'session=1; Path=/');
    return json(response, 201, principal);
  }
  const signedIn =
    (request.headers.cookie ?? '').includes('session=1') && !request.headers.cookie.includes('session=0');
  if (!signedIn) return refuse(response, 401, 'unauthenticated', 'Sign in first.');
  if (path === '/sessions/current' && request.method === 'DELETE') {
    response.setHeader('Set-Cookie', 'session=0; Path=/');
    return json(response, 204, null);
  }
  if (path === '/sessions/current') return json(response, 200, principal);
  if (path === '/dashboards')
    return json(response, 200, {
      items: boards.map(({ id, title, description, tags, widgets }) => ({
        id,
        title,
        description,
        tags,
        widgets: widgets.length,
        updated_at: Date.now(),
      })),
    });
  const values = path.match(/^\/dashboards\/[^/]+\/filters\/([^/]+)\/values$/);
  if (values) {
    const rows = fieldValues(decodeURIComponent(values[1]));
    return json(response, 200, { items: rows.map(([value, count]) => ({ value, rows: count })) });
  }
  if (path.startsWith('/dashboards/')) {
    const board = boards.find(({ id }) => id === decodeURIComponent(path.slice(12)));
    return board ? json(response, 200, board) : refuse(response, 404, 'not_found', 'No such dashboard.');
  }
  return refuse(response, 404, 'not_found', 'No such route.');
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  if (pathname.startsWith('/api/v1')) {
    api(request, response, pathname.slice(7)).catch((error) => refuse(response, 500, 'internal', String(error)));
    return;
  }
  const file = join(STATIC, pathname);
  const found =
    file.startsWith(STATIC) && existsSync(file) && statSync(file).isFile() ? file : join(STATIC, 'index.html');
  response.writeHead(200, {
    'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream',
    'Content-Security-Policy': CSP,
  });
  createReadStream(found).pipe(response);
});

const key = (result, row) =>
  JSON.stringify((result.key ?? []).map((name) => row[result.columns.findIndex((c) => c.name === name)]));

class Session {
  constructor(socket) {
    this.socket = socket;
    this.subscriptions = new Map();
    this.send({
      type: 'welcome',
      session: 's1',
      limits: { message_bytes: 65536, subscriptions: 20, heartbeat: 25, timeout: 8 },
      epoch: EPOCH,
    });
    this.timer = setInterval(() => this.tick(), 1000);
    socket.on('close', () => clearInterval(this.timer));
    socket.on('message', (data) => {
      for (const message of [JSON.parse(data)].flat()) this.receive(message);
    });
  }
  send(...messages) {
    if (messages.length) this.socket.send(JSON.stringify(messages));
  }
  receive(message) {
    if (message.type === 'ping') this.send({ type: 'pong' });
    if (message.type === 'unsubscribe') this.subscriptions.delete(message.id);
    if (message.type === 'refresh') this.open(message.id, this.subscriptions.get(message.id), false);
    if (message.type === 'subscribe') this.open(message.id, message, true);
    if (message.type === 'update')
      this.open(message.id, { ...this.subscriptions.get(message.id), ...message, type: 'subscribe' }, true);
  }
  open(id, asked, announce) {
    const board = boards.find((each) => each.id === asked.dashboard);
    const view = JSON.stringify([asked.filters, asked.window]);
    const channels = [];
    for (const widget of board.widgets.filter((each) => each.query)) {
      for (const part of [null, ...Object.keys(widget.parts ?? {})])
        channels.push({ channel: `${board.id}/${widget.id}/${part}/${view}`, widget: widget.id, part, held: null });
    }
    const refused = {
      error: {
        code: 'query_timeout',
        message: 'The query took longer than 10 s and was stopped. Choose a shorter time range.',
        retry: true,
      },
      denied: { code: 'forbidden', message: 'You may not read the stream “salaries”.' },
    };
    for (const entry of channels) if (refused[entry.widget]) entry.error = refused[entry.widget];
    this.subscriptions.set(id, { ...asked, channels });
    if (announce)
      this.send({
        type: 'subscribed',
        id,
        channels: channels.map(({ channel, widget, part, error }) => ({
          channel,
          widget,
          ...(part ? { part } : {}),
          ...(error ? { error } : {}),
        })),
        recovered: false,
        version: 1,
      });
    const snapshots = [];
    for (const entry of channels) {
      const result = entry.error ? null : numbers(entry.widget, entry.part, Date.now(), asked.filters);
      if (!result) continue;
      entry.held = result;
      entry.offset = position();
      snapshots.push({
        type: 'snapshot',
        channel: entry.channel,
        epoch: EPOCH,
        offset: entry.offset,
        mode: 'live',
        as_of: Date.now(),
        window: [Date.now() - 86_400_000, Date.now()],
        timezone: board.timezone ?? 'UTC',
        ...result,
      });
    }
    setTimeout(() => this.send(...snapshots), 350);
  }
  tick() {
    const deltas = [];
    for (const { channels, filters } of this.subscriptions.values()) {
      for (const entry of channels) {
        if (!entry.held) continue;
        const result = numbers(entry.widget, entry.part, Date.now(), filters);
        const before = new Map(entry.held.rows.map((row) => [key(entry.held, row), JSON.stringify(row)]));
        const upsert = result.rows.filter((row) => before.get(key(result, row)) !== JSON.stringify(row));
        const now = new Set(result.rows.map((row) => key(result, row)));
        const remove = [...before.keys()].filter((each) => !now.has(each)).map((each) => JSON.parse(each));
        const offset = position();
        if (upsert.length + remove.length > 0)
          deltas.push({
            type: 'delta',
            channel: entry.channel,
            base: entry.offset,
            offset,
            as_of: Date.now(),
            upsert,
            remove,
          });
        entry.held = result;
        entry.offset = offset;
      }
    }
    this.send(...deltas);
  }
}

const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
sockets.on('connection', (socket) => new Session(socket));
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/sign-in#good`));
