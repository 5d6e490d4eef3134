/** Which colour a series has: stable from update to update, and never a ninth. */
import { compareCodePoints } from '../core/order';
import type { Series } from './series';
import type { Theme } from './theme';

/** Colours of named things in their given order; those after the eighth are muted. */
export function colorsByOrder(ids: readonly string[], theme: Theme): ReadonlyMap<string, string> {
  return new Map(ids.map((id, index) => [id, theme.categorical[index] ?? theme.muted]));
}

/**
 * Series of measures take colours in the order in which they were `declared`. Series of a column's values take them by name, so that a change of
 * rank does not swap colours. `rankedSeries` come largest first: with more than eight the largest get the colours.
 */
export function seriesColors(
  rankedSeries: readonly Series[],
  declared: readonly Series[],
  theme: Theme,
): ReadonlyMap<string, string> {
  const split = rankedSeries.every(({ id, previous }) => previous || id.startsWith('s:'));
  const own = (split ? rankedSeries : declared).filter((series) => !series.previous);
  const top = own.slice(0, theme.categorical.length).map(({ id }) => id);
  if (split) top.sort(compareCodePoints);
  const colors = new Map(colorsByOrder(top, theme));
  for (const { id } of rankedSeries) if (!colors.has(id)) colors.set(id, theme.muted);
  return colors;
}
