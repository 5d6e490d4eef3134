/** Who is signed in, how one can sign in, and where else one is. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ApiFailure, request } from './client';

export const PERMISSIONS = [
  'read',
  'query:sql',
  'export',
  'edit',
  'share',
  'ingest',
  'define',
  'cache',
  'audit',
  'users',
  'erase',
  'admin',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export interface Principal {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly organisation?: string;
}

export type Credentials =
  | { readonly link: string }
  | { readonly token: string }
  | { readonly email: string; readonly password: string };

export interface SignInMethods {
  /** There are accounts with an address. */
  readonly password: boolean;
  /** The first administrator is still to be made. */
  readonly setup: boolean;
  readonly providers: readonly { readonly id: string; readonly name: string }[];
}

/** A browser that is signed in; times in milliseconds since the epoch. */
export interface OwnSession {
  readonly id: string;
  readonly current: boolean;
  readonly created_at: number;
  readonly last_seen_at: number | null;
  readonly expires_at: number;
  readonly agent: string | null;
  readonly address: string | null;
}

export const signIn = (credentials: Credentials): Promise<Principal> =>
  request('/sessions', { method: 'POST', body: credentials });

/** Chooses a password with the code of an invitation or a reset link, and signs in. */
export const choosePassword = (chosen: { readonly link: string; readonly password: string }): Promise<Principal> =>
  request('/sessions/reset', { method: 'POST', body: chosen });

export const setUp = (account: { email: string; name: string; password: string }): Promise<Principal> =>
  request('/setup', { method: 'POST', body: account });

export const signOut = (): Promise<null> => request('/sessions/current', { method: 'DELETE' });

export const endSession = (id: string): Promise<null> =>
  request(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });

export const renameMe = (name: string): Promise<unknown> =>
  request('/users/current', { method: 'PATCH', body: { name } });

export const changePassword = (change: { current: string; new: string }): Promise<Principal> =>
  request('/users/current/password', { method: 'POST', body: change });

/** The principal, or null when nobody is signed in. */
const fetchSession = async (signal: AbortSignal): Promise<Principal | null> => {
  try {
    return await request<Principal>('/sessions/current', { signal });
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return null;
    throw error;
  }
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: 60_000,
});

export const methodsQuery = queryOptions({
  queryKey: ['sign-in-methods'],
  queryFn: ({ signal }) => request<SignInMethods>('/sessions/methods', { signal }),
  staleTime: 60_000,
});

export const ownSessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: async ({ signal }) => (await request<{ items: readonly OwnSession[] }>('/sessions', { signal })).items,
});

/** Whether who is signed in holds a permission; what they may not do is not shown. Guests are not asked. */
export function useMay(enabled = true): (permission: Permission) => boolean {
  const { data } = useQuery({ ...sessionQuery, enabled });
  return (permission) => data?.permissions.includes(permission) ?? false;
}
