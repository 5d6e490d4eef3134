/** Accounts of people. */
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';

export type Attributes = Readonly<Record<string, unknown>>;

/** Times in milliseconds since the epoch. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly attributes: Attributes;
  readonly disabled: boolean;
  readonly created_at: number;
  readonly last_sign_in_at: number | null;
  readonly has_password: boolean;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly organisation?: string;
  readonly attributes?: Attributes;
}

export interface UserChange {
  readonly name?: string;
  readonly role?: string;
  readonly attributes?: Attributes;
  readonly disabled?: boolean;
}

export type LinkPurpose = 'invite' | 'reset';

export interface UserLink {
  readonly link: string;
  readonly expires_at: number;
}

interface UserPage {
  readonly items: readonly User[];
  readonly next?: string | null;
}

const everyUser = async (signal: AbortSignal): Promise<readonly User[]> => {
  const items: User[] = [];
  let after: string | null | undefined;
  do {
    const query = new URLSearchParams({ limit: '500', ...(after ? { after } : {}) });
    const page: UserPage = await request<UserPage>(`/users?${query}`, { signal });
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
};

export const usersQuery = queryOptions({ queryKey: ['users'], queryFn: ({ signal }) => everyUser(signal) });

const at = (id: string): string => `/users/${encodeURIComponent(id)}`;

export const createUser = (user: NewUser): Promise<User> => request('/users', { method: 'POST', body: user });

export const changeUser = (id: string, change: UserChange): Promise<User> =>
  request(at(id), { method: 'PATCH', body: change });

export const removeUser = (id: string): Promise<null> => request(at(id), { method: 'DELETE' });

export const createLink = (id: string, purpose: LinkPurpose): Promise<UserLink> =>
  request(`${at(id)}/link`, { method: 'POST', body: { purpose } });
