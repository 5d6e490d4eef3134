/** Who is signed in. */
import { queryOptions } from '@tanstack/react-query';
import { ApiFailure, request } from './client';

export interface Principal {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly string[];
}

export type Credentials = { readonly link: string } | { readonly token: string };

export const signIn = (credentials: Credentials): Promise<Principal> =>
  request('/sessions', { method: 'POST', body: credentials });

export const signOut = (): Promise<null> => request('/sessions/current', { method: 'DELETE' });

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
