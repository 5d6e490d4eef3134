/** The time ranges offered with one click. */
import type { Window } from '../../core/types';

export const SLIDING: readonly Window[] = ['5m', '15m', '1h', '6h', '24h', '7d', '30d', '90d'].map((last) => ({
  last,
}));

export const CALENDAR: readonly Window[] = (['hour', 'day', 'week', 'month', 'quarter', 'year'] as const).map(
  (since) => ({
    since,
  }),
);

export const sameWindow = (a: Window | null, b: Window | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Why a custom range cannot be used; null when it can. Both ends are instants, and the end is excluded. */
export function rangeProblem(from: string | null, to: string | null): string | null {
  if (from === null && to === null) return 'Give a start, an end, or both.';
  if (from !== null && to !== null && Date.parse(from) >= Date.parse(to)) return 'The end must come after the start.';
  return null;
}
