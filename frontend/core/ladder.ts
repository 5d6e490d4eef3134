/** Which transport to try next. Pure: the state goes in, the next one comes out. */
import type { Verdict } from './backoff';
import { TRANSPORTS } from './transports/transport';

/** A transport that dies this young, several times in a row, is being cut by something between us and the server. */
const YOUNG_MS = 10_000;
const YOUNG_DEATHS = 3;

export interface Ladder {
  /** Index into `TRANSPORTS`. */
  readonly rung: number;
  /** Failed rounds in a row; a round ends with a wait. */
  readonly attempt: number;
  readonly youngDeaths: number;
}

export interface Ended {
  readonly verdict: Verdict;
  readonly welcomed: boolean;
  /** Milliseconds from welcome to end. */
  readonly lived: number;
  /** It ended without a code of the server. */
  readonly abrupt: boolean;
}

export interface Next {
  readonly ladder: Ladder;
  /** Whether to back off first. */
  readonly wait: boolean;
}

export const TOP: Ladder = { rung: 0, attempt: 0, youngDeaths: 0 };
const LAST = TRANSPORTS.length - 1;

function afterWorking(ladder: Ladder, ended: Ended): Next {
  const young = ended.abrupt && ended.lived < YOUNG_MS ? ladder.youngDeaths + 1 : 0;
  const attempt = ended.lived < YOUNG_MS ? ladder.attempt + 1 : 1;
  if (young < YOUNG_DEATHS) return { ladder: { ...ladder, attempt, youngDeaths: young }, wait: true };
  return { ladder: { rung: Math.min(ladder.rung + 1, LAST), attempt, youngDeaths: 0 }, wait: true };
}

/** The step after a connection ended. */
export function nextStep(ladder: Ladder, ended: Ended): Next {
  if (ended.welcomed) return afterWorking(ladder, ended);
  const again: Next = { ladder: { ...TOP, attempt: ladder.attempt + 1, youngDeaths: ladder.youngDeaths }, wait: true };
  if (ended.verdict === 'later' || ladder.rung === LAST) return again;
  // When nothing answers at all, the server is away and every rung would fail; from the second round on we are not so sure.
  if (ended.verdict === 'unreachable' && ladder.attempt === 0) return again;
  return { ladder: { ...ladder, rung: ladder.rung + 1 }, wait: false };
}
