/** Narrowing the list of dashboards by words and tags. */
import type { DashboardSummary } from '../../core/types';

/** Every tag in use, in alphabetical order. */
export const tagsOf = (dashboards: readonly DashboardSummary[]): readonly string[] =>
  [...new Set(dashboards.flatMap((dashboard) => dashboard.tags ?? []))].sort((a, b) => a.localeCompare(b));

const haystack = ({ title, description, tags }: DashboardSummary): string =>
  [title, description ?? '', ...(tags ?? [])].join(' ').toLocaleLowerCase();

/** By title as people sort words, or the last changed first. */
export type Order = 'title' | 'changed';

const byTitle = (a: DashboardSummary, b: DashboardSummary): number =>
  a.title.localeCompare(b.title, undefined, { numeric: true, sensitivity: 'base' }) || a.id.localeCompare(b.id);

/** In milliseconds since the epoch. */
export const changedAt = ({ updated_at }: DashboardSummary): number =>
  typeof updated_at === 'number' ? updated_at : Date.parse(updated_at);

export const sortDashboards = (dashboards: readonly DashboardSummary[], order: Order): readonly DashboardSummary[] =>
  [...dashboards].sort((a, b) => (order === 'changed' ? changedAt(b) - changedAt(a) : 0) || byTitle(a, b));

/** Those that hold every word of `text` in title, description or tags, and carry `tag` if one is chosen. */
export function searchDashboards(
  dashboards: readonly DashboardSummary[],
  text: string,
  tag: string | null,
): readonly DashboardSummary[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return dashboards.filter((dashboard) => {
    if (tag !== null && !(dashboard.tags ?? []).includes(tag)) return false;
    const inside = haystack(dashboard);
    return words.every((word) => inside.includes(word));
  });
}
