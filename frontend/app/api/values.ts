/** The values a field takes, offered by a filter. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Filter, Value, Window } from '../../core/types';
import { request } from './client';

/** More than anyone scrolls through; the search narrows what is offered. */
export const VALUES_LIMIT = 500;

export interface FieldValue {
  readonly value: Value;
  readonly rows: number;
}

interface Answer {
  readonly items: readonly FieldValue[];
}

const fetchValues = async (dashboard: string, field: string, window: Window, signal: AbortSignal) => {
  const path = `/dashboards/${encodeURIComponent(dashboard)}/filters/${encodeURIComponent(field)}/values`;
  const query = new URLSearchParams({ window: JSON.stringify(window) });
  return (await request<Answer>(`${path}?${query}`, { signal })).items;
};

/** Most frequent first, in the time range of the page. */
export const fieldValuesQuery = (dashboard: string, filter: Filter, window: Window, enabled: boolean) =>
  queryOptions({
    queryKey: ['values', dashboard, filter.field, window],
    queryFn: ({ signal }) => fetchValues(dashboard, filter.field, window, signal),
    enabled,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
