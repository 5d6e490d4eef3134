/** One way to talk to `/api/v1`: JSON in, JSON out, one error shape. */
import type { ApiError, ApiErrorBody } from '../../core/types';

export const API_BASE = '/api/v1';

/** A request that the server refused, or that never reached it (`status` 0). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, error: ApiError, retryAfter: number | null = null) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.requestId = error.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

const isErrorBody = (body: unknown): body is ApiErrorBody =>
  typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object' && body.error !== null;

const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

const failure = (response: Response, body: unknown): ApiFailure => {
  const after = Number(response.headers.get('Retry-After'));
  const error = isErrorBody(body)
    ? body.error
    : { code: `http_${response.status}`, message: `The server answered ${response.status} ${response.statusText}.` };
  return new ApiFailure(response.status, error, Number.isFinite(after) && after > 0 ? after : null);
};

let bearer: string | null = null;

/** Shows `secret` with every request from now on, in place of the session cookie; for pages that are shared. */
export const authorizeWith = (secret: string | null): void => {
  bearer = secret;
};

const headersOf = ({ body, yaml, ifMatch }: RequestOptions): Record<string, string> => ({
  ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
  ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  ...(yaml === undefined ? {} : { 'Content-Type': 'application/yaml' }),
  ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
});

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** A file in place of a JSON body. */
  readonly yaml?: string;
  /** The ETag that was read: the change is refused when somebody else was quicker. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface Answer<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** The answer's JSON body as `T`; the caller names the type that docs/reference/http.md gives for the route. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await requestAnswer<T>(path, options)).body;
}

/** As `request`, with the headers of the answer. */
export async function requestAnswer<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const response = await send(path, options);
  return { body: (await readBody(response)) as T, headers: response.headers };
}

/** An answer that is a file. */
export async function requestText(path: string, options: RequestOptions = {}): Promise<Answer<string>> {
  const response = await send(path, options);
  return { body: await response.text(), headers: response.headers };
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', body, yaml, signal } = options;
  let response: Response;
  try {
    response = await fetch(`${API_BASE}${path}`, {
      method,
      credentials: bearer === null ? 'same-origin' : 'omit',
      headers: headersOf(options),
      body: body === undefined ? (yaml ?? null) : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, { code: 'unreachable', message: 'The server cannot be reached. Check the connection.' });
  }
  if (!response.ok) throw failure(response, await readBody(response));
  return response;
}
