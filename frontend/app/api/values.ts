/** The values a field takes, offered by a filter. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Filter, Row, Value, Window } from '../../core/types';
import { request } from './client';

/** More than anyone scrolls through; the search narrows what is offered. */
export const VALUES_LIMIT = 500;

export interface FieldValue {
  readonly value: Value;
  readonly rows: number;
}

interface Answer {
  readonly rows: readonly Row[];
}

const fetchValues = async (filter: Filter, window: Window, signal: AbortSignal): Promise<readonly FieldValue[]> => {
  const query = {
    stream: filter.stream,
    measures: [{ name: 'rows', sql: 'count(*)' }],
    by: [filter.field],
    window,
    order: ['-rows'],
    limit: VALUES_LIMIT,
  };
  const answer = await request<Answer>('/query', { method: 'POST', body: { query }, signal });
  return answer.rows.map(([value = null, rows]) => ({ value, rows: Number(rows ?? 0) }));
};

/** Most frequent first, in the time range of the page. */
export const fieldValuesQuery = (filter: Filter, window: Window, enabled: boolean) =>
  queryOptions({
    queryKey: ['values', filter.stream, filter.field, window],
    queryFn: ({ signal }) => fetchValues(filter, window, signal),
    enabled,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
