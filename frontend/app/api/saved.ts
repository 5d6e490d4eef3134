/** Saved queries. */
import { queryOptions } from '@tanstack/react-query';
import type { Query, Row, Value } from '../../core/types';
import { request } from './client';

export interface SavedQuery {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly parameters: readonly string[];
  readonly version: number;
  readonly updated_at: number;
}

export interface SavedResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
}

export const savedQueriesQuery = queryOptions({
  queryKey: ['saved-queries'],
  queryFn: async ({ signal }) => (await request<{ items: readonly SavedQuery[] }>('/queries', { signal })).items,
});

/** The query that a saved one stands for; nothing is asked for null. */
export const savedQuery = (id: string | null) =>
  queryOptions({
    queryKey: ['saved-query', id],
    queryFn: async ({ signal }) =>
      (await request<{ query: Query }>(`/queries/${encodeURIComponent(id ?? '')}`, { signal })).query,
    enabled: id !== null,
  });

export const runSaved = (id: string, parameters: Readonly<Record<string, Value>>): Promise<SavedResult> =>
  request(`/queries/${encodeURIComponent(id)}/run`, { method: 'POST', body: { parameters } });
