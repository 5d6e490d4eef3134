/** What was done, by whom. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { request } from './client';

export interface AuditEntry {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly organisation: string;
  readonly principal: { readonly kind: string; readonly id: string; readonly name: string };
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string };
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly request_id: string | null;
}

export interface AuditSearch {
  readonly action: string;
  readonly principal: string;
  readonly object: string;
  readonly outcome: string;
  /** Milliseconds since the epoch, or null. */
  readonly from: number | null;
}

interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly next?: string | null;
}

const PAGE = '50';

const addressOf = (search: AuditSearch, after: string | null): string => {
  const query = new URLSearchParams({ limit: PAGE });
  for (const [name, value] of Object.entries(search)) {
    if (value !== '' && value !== null) query.set(name, String(value));
  }
  if (after !== null) query.set('after', after);
  return `/audit?${query}`;
};

export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ signal, pageParam }) => request<AuditPage>(addressOf(search, pageParam), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
