/** From JSON to messages and results: checks the shape once, at the edge, so that the rest may trust its types. */
import type { ServerMessage, SnapshotMessage } from './messages';
import type { ApiError, Result } from './values';

/** What arrived is not the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const list: Check = Array.isArray;
const lists: Check = (value) => Array.isArray(value) && value.every(Array.isArray);
const objects: Check = (value) => Array.isArray(value) && value.every(isObject);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

const frame = {
  epoch: text,
  offset: number,
  columns: objects,
  rows: lists,
  as_of: number,
  key: optional(list),
  order: optional(objects),
  approximate: optional(list),
  window: optional(list),
  limit: optional(number),
} as const;

const SHAPES: Readonly<Record<ServerMessage['type'], Readonly<Record<string, Check>>>> = {
  welcome: { session: text, limits: isObject },
  subscribed: { id: text, channels: objects },
  snapshot: { channel: text, ...frame },
  delta: {
    channel: text,
    base: number,
    offset: number,
    as_of: number,
    upsert: optional(lists),
    remove: optional(lists),
    window: optional(list),
    approximate: optional(list),
  },
  notice: { kind: text },
  error: { code: text, message: text },
  ping: {},
  pong: {},
};

function require(value: Json, shape: Readonly<Record<string, Check>>, what: string): void {
  for (const [member, check] of Object.entries(shape)) {
    if (!check(value[member])) throw new ProtocolError(`${what}: "${member}" is missing or has the wrong type.`);
  }
}

const isKnown = (type: unknown): type is ServerMessage['type'] =>
  typeof type === 'string' && Object.hasOwn(SHAPES, type);

/** A checked message, or null for a type this client does not know: later servers may say more. */
export function decodeMessage(value: unknown): ServerMessage | null {
  if (!isObject(value) || typeof value['type'] !== 'string')
    throw new ProtocolError('A message is an object with a "type".');
  const type = value['type'];
  if (!isKnown(type)) return null;
  require(value, SHAPES[type], type);
  return value as unknown as ServerMessage;
}

/** The messages of one transport message: an object or an array of objects. Throws `ProtocolError`. */
export function decodeMessages(body: string): readonly ServerMessage[] {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    throw new ProtocolError('A transport message is not JSON.');
  }
  const messages: ServerMessage[] = [];
  for (const item of Array.isArray(data) ? data : [data]) {
    const message = decodeMessage(item);
    if (message) messages.push(message);
  }
  return messages;
}

/** A result with every default filled in. */
export function resultOf(message: Omit<SnapshotMessage, 'type' | 'channel'>): Result {
  return {
    columns: message.columns,
    rows: message.rows,
    epoch: message.epoch,
    offset: message.offset,
    asOf: message.as_of,
    key: message.key ?? [],
    order: message.order ?? [],
    limit: message.limit ?? null,
    mode: message.mode ?? 'fresh',
    approximate: message.approximate ?? [],
    window: message.window ?? null,
    grain: message.grain ?? null,
    timezone: message.timezone ?? null,
    truncated: message.truncated ?? false,
  };
}

/** The answer of `POST /query`. Throws `ProtocolError`. */
export function decodeResult(value: unknown): Result {
  if (!isObject(value)) throw new ProtocolError('A result is an object.');
  require(value, frame, 'result');
  return resultOf(value as unknown as SnapshotMessage);
}

/** The error of a failed HTTP request; one of our own making when the body is not ours (a proxy's page). */
export function decodeApiError(value: unknown, status: number): ApiError {
  const error = isObject(value) ? value['error'] : null;
  if (isObject(error) && typeof error['code'] === 'string' && typeof error['message'] === 'string') {
    return error as unknown as ApiError;
  }
  return { code: 'unreachable', message: `The server answered ${status} without saying why.`, retry: status >= 500 };
}
