/** Roles, permissions and organisations. */
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';

export type Mask = 'hide' | 'hash' | 'partial';

export interface Scope {
  readonly everything?: boolean;
  readonly streams?: Readonly<Record<string, { readonly sql: string; readonly also?: readonly string[] }>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly masks?: Readonly<Record<string, string>>;
}

export interface Role {
  readonly name: string;
  readonly builtin: boolean;
  readonly permissions: readonly string[];
  readonly scope: Scope;
  readonly requests_per_minute: number | null;
  /** Who has it: users by address, tokens by name, shares by id. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
}

export interface RoleChange {
  readonly permissions?: readonly string[];
  readonly scope: Scope;
  readonly requests_per_minute: number | null;
}

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly disabled: boolean;
  readonly created_at: number;
}

export const HOME = 'main';

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await request<{ items: readonly Role[] }>('/roles', { signal })).items,
});

/** Permissions that who is signed in holds, and so may hand out. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: async ({ signal }) => {
    const answer = await request<{ items: readonly { name: string; held: boolean }[] }>('/permissions', { signal });
    return answer.items;
  },
});

export const organisationsQuery = queryOptions({
  queryKey: ['organisations'],
  queryFn: async ({ signal }) =>
    (await request<{ items: readonly Organisation[] }>('/organisations', { signal })).items,
});

export const putRole = (name: string, change: RoleChange): Promise<Role> =>
  request(`/roles/${encodeURIComponent(name)}`, { method: 'PUT', body: change });

export const removeRole = (name: string): Promise<null> =>
  request(`/roles/${encodeURIComponent(name)}`, { method: 'DELETE' });

export const createOrganisation = (wanted: { id: string; name: string; scope: Scope }): Promise<Organisation> =>
  request('/organisations', { method: 'POST', body: wanted });

export const changeOrganisation = (
  id: string,
  change: { readonly name?: string; readonly scope?: Scope; readonly disabled?: boolean },
): Promise<Organisation> => request(`/organisations/${encodeURIComponent(id)}`, { method: 'PATCH', body: change });

export const removeOrganisation = (id: string): Promise<null> =>
  request(`/organisations/${encodeURIComponent(id)}`, { method: 'DELETE' });
