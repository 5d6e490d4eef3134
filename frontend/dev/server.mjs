/** Fixture server: the built page, the HTTP routes it needs, and the live protocol over WebSocket. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer as createVite } from 'vite';
import { WebSocketServer } from 'ws';
import { boardsOf, REFUSED } from './boards.mjs';

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
// The examples are TypeScript: Vite reads them for us.
const vite = await createVite({ server: { middlewareMode: true, ws: false }, appType: 'custom', logLevel: 'error' });
const { gallery } = await vite.ssrLoadModule('/charts/testing/gallery.ts');
const shown = boardsOf(gallery());
const boards = shown.map(({ board }) => board);
await vite.close();
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

/** A result of the examples as the server sends it. */
const wire = ({ asOf, window, ...result }) => ({ ...result, as_of: asOf, window: window ?? [null, null] });

class Session {
  constructor(socket) {
    this.socket = socket;
    this.send({
      type: 'welcome',
      session: 's1',
      limits: { message_bytes: 65536, subscriptions: 20, heartbeat: 25, timeout: 8 },
      epoch: EPOCH,
    });
    socket.on('message', (data) => {
      for (const message of [JSON.parse(data)].flat()) this.receive(message);
    });
  }
  send(...messages) {
    if (messages.length) this.socket.send(JSON.stringify(messages));
  }
  receive(message) {
    if (message.type === 'ping') this.send({ type: 'pong' });
    if (message.type === 'subscribe' || message.type === 'update') this.open(message);
  }
  open({ id, dashboard }) {
    this.dashboard = dashboard ?? this.dashboard;
    const { board, results } = shown.find((each) => each.board.id === this.dashboard);
    const channels = [];
    for (const widget of board.widgets.filter((each) => each.query)) {
      for (const part of [null, ...Object.keys(widget.parts ?? {})]) {
        const error = part ? undefined : REFUSED[widget.id];
        const name = part ? `${widget.id}:${part}` : widget.id;
        channels.push({ channel: `${board.id}/${name}`, widget: widget.id, part, error, result: results.get(name) });
      }
    }
    const opened = channels.map(({ channel, widget, part, error }) => ({
      channel,
      widget,
      ...(part ? { part } : {}),
      ...(error ? { error } : {}),
    }));
    this.send({ type: 'subscribed', id, channels: opened, recovered: false, version: 1 });
    const snapshots = channels
      .filter(({ error, result }) => result && !error)
      .map(({ channel, result }) => ({
        ...(result.asOf ? wire(result) : { ...result, as_of: Date.now(), window: [null, null], mode: 'live' }),
        type: 'snapshot',
        channel,
        epoch: EPOCH,
        offset: position(),
      }));
    setTimeout(() => this.send(...snapshots), 350);
  }
}

const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
sockets.on('connection', (socket) => new Session(socket));
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/sign-in#good`));
