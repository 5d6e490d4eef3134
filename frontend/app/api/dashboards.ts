/** Dashboards as the server keeps them. */
import { queryOptions } from '@tanstack/react-query';
import type { Dashboard, DashboardSummary } from '../../core/types';
import { request } from './client';

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards'],
  queryFn: async ({ signal }) => {
    const answer = await request<{ items: readonly DashboardSummary[] }>('/dashboards', { signal });
    return answer.items;
  },
  staleTime: 30_000,
});

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ['dashboards', id],
    queryFn: ({ signal }) => request<Dashboard>(`/dashboards/${encodeURIComponent(id)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
