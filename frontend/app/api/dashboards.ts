/** Dashboards as the server keeps them. */
import { queryOptions } from '@tanstack/react-query';
import type { Dashboard, DashboardSummary } from '../../core/types';
import { request, requestAnswer } from './client';

interface DashboardPage {
  readonly items: readonly DashboardSummary[];
  readonly next?: string | null;
}

const everyDashboard = async (signal: AbortSignal, trash: boolean): Promise<readonly DashboardSummary[]> => {
  const items: DashboardSummary[] = [];
  let after: string | null | undefined;
  do {
    const query = new URLSearchParams({ ...(trash ? { trash: 'true' } : {}), ...(after ? { after } : {}) });
    const page: DashboardPage = await request<DashboardPage>(`/dashboards?${query}`, { signal });
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
};

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards'],
  queryFn: ({ signal }) => everyDashboard(signal, false),
  staleTime: 30_000,
});

export const trashQuery = queryOptions({
  queryKey: ['trash'],
  queryFn: ({ signal }) => everyDashboard(signal, true),
});

/** A document with the number of the version it is; null where the server does not say. */
export interface PublishedDashboard {
  readonly document: Dashboard;
  readonly version: number | null;
}

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ['dashboards', id],
    queryFn: async ({ signal }): Promise<PublishedDashboard> => {
      const { body, headers } = await requestAnswer<Dashboard>(`/dashboards/${encodeURIComponent(id)}`, { signal });
      const version = headers.get('Nowboard-Version');
      return { document: body, version: version === null ? null : Number(version) };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
