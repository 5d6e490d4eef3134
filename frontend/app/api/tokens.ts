/** API tokens. */
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';

/** Times in milliseconds since the epoch. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly owner: string | null;
  readonly state: 'usable' | 'over' | 'revoked';
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly role?: string;
  readonly expires_at?: number;
}

/** `secret` is told this once. */
export interface IssuedToken {
  readonly secret: string;
  readonly token: Token;
}

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => (await request<{ items: readonly Token[] }>('/tokens', { signal })).items,
});

export const createToken = (wanted: NewToken): Promise<IssuedToken> =>
  request('/tokens', { method: 'POST', body: wanted });

export const revokeToken = (id: string): Promise<null> =>
  request(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' });
