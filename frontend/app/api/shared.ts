/** What a share shows. The dashboard is the public part of its document. */
import { queryOptions } from '@tanstack/react-query';
import type { Dashboard } from '../../core/types';
import { request } from './client';

export interface Shared {
  readonly dashboard: Dashboard;
  /** When the share ends, in milliseconds since the epoch. */
  readonly expires_at?: number;
}

export const sharedQuery = queryOptions({
  queryKey: ['shared'],
  queryFn: ({ signal }) => request<Shared>('/shares/current', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
