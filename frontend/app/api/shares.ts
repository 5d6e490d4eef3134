/** Who else sees a dashboard: people, roles, links, other sites. */
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';

export type ShareLevel = 'view' | 'edit';

/** Times in milliseconds since the epoch. `secret` and `path` are those of a new link, told once. */
export interface Share {
  readonly id: string;
  readonly kind: 'user' | 'role' | 'link';
  readonly level: ShareLevel;
  readonly subject?: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly expires_at?: number;
  readonly secret?: string;
  readonly path?: string;
}

export interface NewShare {
  readonly kind: Share['kind'];
  readonly subject?: string;
  readonly level?: ShareLevel;
  readonly expires_at?: number;
}

export interface EmbedKey {
  readonly id: string;
  readonly name: string;
  readonly limits: { readonly dashboards?: readonly string[]; readonly sites?: readonly string[] };
  readonly created_at: number;
  readonly secret?: string;
}

const at = (dashboard: string): string => `/dashboards/${encodeURIComponent(dashboard)}`;

export const sharesQuery = (dashboard: string) =>
  queryOptions({
    queryKey: ['shares', dashboard],
    queryFn: async ({ signal }) =>
      (await request<{ items: readonly Share[] }>(`${at(dashboard)}/shares`, { signal })).items,
  });

export const createShare = (dashboard: string, share: NewShare): Promise<Share> =>
  request(`${at(dashboard)}/shares`, { method: 'POST', body: share });

export const revokeShare = (dashboard: string, share: string): Promise<null> =>
  request(`${at(dashboard)}/shares/${encodeURIComponent(share)}`, { method: 'DELETE' });

export const embedKeysQuery = queryOptions({
  queryKey: ['embed-keys'],
  queryFn: async ({ signal }) => (await request<{ items: readonly EmbedKey[] }>('/embed-keys', { signal })).items,
});

export const createEmbedKey = (name: string, dashboard: string, sites: readonly string[]): Promise<EmbedKey> =>
  request('/embed-keys', { method: 'POST', body: { name, limits: { dashboards: [dashboard], sites } } });
