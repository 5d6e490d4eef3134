/** How long to wait before the next try, and what to do after a connection ended. Pure. */
import type { Closed } from './transports/transport';

export const RETRY_FLOOR_MS = 500;
export const RETRY_CAP_MS = 20_000;
/** The longest Retry-After that is obeyed; a wall display must not sleep through the day on one bad header. */
const RETRY_AFTER_CAP_S = 120;

/** Full jitter between 0.5 s and a bound that doubles from 2 s to 20 s. `attempt` counts from 0, `chance` is in [0, 1). */
export function retryDelay(attempt: number, chance: number): number {
  const bound = Math.min(RETRY_CAP_MS, RETRY_FLOOR_MS * 2 ** (Math.min(attempt, 10) + 2));
  return RETRY_FLOOR_MS + chance * (bound - RETRY_FLOOR_MS);
}

/**
 * `retry`: reconnect; `later`: the server has too much to do; `blocked`: this transport does not get through;
 * `unreachable`: nothing answered; `too_big`: do not send the last message again.
 */
export type Verdict = 'retry' | 'later' | 'blocked' | 'unreachable' | 'too_big' | 'signed_out' | 'revoked';

const BY_CODE: Readonly<Record<number, Verdict>> = {
  1009: 'too_big',
  1012: 'retry',
  1013: 'later',
  4401: 'signed_out',
  4403: 'revoked',
  4408: 'retry',
  4429: 'later',
};

const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: 'signed_out',
  403: 'revoked',
  413: 'too_big',
  429: 'later',
  502: 'later',
  503: 'later',
  504: 'later',
};

/** What the end of a connection means. `welcomed` says whether it had worked; `http` whether it was SSE or polling. */
export function verdictOf(closed: Closed, welcomed: boolean, http: boolean): Verdict {
  if (closed.code !== null) return BY_CODE[closed.code] ?? (welcomed ? 'retry' : 'blocked');
  if (closed.status !== null) return BY_STATUS[closed.status] ?? (welcomed ? 'retry' : 'blocked');
  if (welcomed) return 'retry';
  // A socket that fails before it opens does not say why; a request that fails so did not reach anything.
  return http ? 'unreachable' : 'blocked';
}

/** The wait in milliseconds, at least what the server asked for. */
export function waitFor(closed: Closed, verdict: Verdict, attempt: number, chance: number): number {
  // Overload spreads its viewers wide at once: the bound starts at 16 s.
  const own = retryDelay(verdict === 'later' ? Math.max(attempt, 3) : attempt, chance);
  return Math.max(own, Math.min(closed.retryAfter ?? 0, RETRY_AFTER_CAP_S) * 1000);
}
