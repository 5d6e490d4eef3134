/** The values a field takes, offered by a filter. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Value, Window } from '../../core/types';
import { request } from './client';

/** More than anyone scrolls through; the search narrows what is offered. */
export const VALUES_LIMIT = 500;

export interface FieldValue {
  readonly value: Value;
  readonly rows: number;
  /** What the value is called, where the filter knows. */
  readonly label?: string;
}

interface Wanted {
  readonly dashboard: string;
  readonly field: string;
  readonly window: Window;
  /** Undefined: the dashboard's own. */
  readonly timezone: string | undefined;
}

interface Answer {
  readonly items: readonly FieldValue[];
}

const fetchValues = async ({ dashboard, field, window, timezone }: Wanted, signal: AbortSignal) => {
  const path = `/dashboards/${encodeURIComponent(dashboard)}/filters/${encodeURIComponent(field)}/values`;
  const query = new URLSearchParams({ window: JSON.stringify(window), ...(timezone ? { timezone } : {}) });
  return (await request<Answer>(`${path}?${query}`, { signal })).items;
};

/** Most frequent first, in the time range of the page. */
export const fieldValuesQuery = (wanted: Wanted) =>
  queryOptions({
    queryKey: ['values', wanted],
    queryFn: ({ signal }) => fetchValues(wanted, signal),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
