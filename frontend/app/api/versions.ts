/** Drafts, published versions, and what differs between them. */
import { queryOptions } from '@tanstack/react-query';
import type { Dashboard } from '../../core/types';
import { request, requestAnswer } from './client';

export interface Version {
  readonly number: number;
  readonly note: string;
  readonly created_at: number;
  readonly created_by: string;
  /** The version that it brought back. */
  readonly restores: number | null;
  readonly current: boolean;
}

export interface MemberChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface ListChanges {
  readonly added: readonly Readonly<Record<string, unknown>>[];
  readonly removed: readonly Readonly<Record<string, unknown>>[];
  readonly changed: readonly { readonly id: string; readonly members: readonly MemberChange[] }[];
}

export interface DocumentChanges {
  readonly same: boolean;
  readonly members: readonly MemberChange[];
  readonly filters: ListChanges;
  readonly widgets: ListChanges;
}

export interface Draft {
  readonly document: Dashboard;
  readonly etag: string;
}

const at = (id: string): string => `/dashboards/${encodeURIComponent(id)}`;

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['versions', id],
    queryFn: async ({ signal }) =>
      (await request<{ items: readonly Version[] }>(`${at(id)}/versions`, { signal })).items,
  });

/** From one version to another; `draft` is one as well. */
export const diffQuery = (id: string, before: number, after: number | 'draft') =>
  queryOptions({
    queryKey: ['versions', id, 'diff', before, after],
    queryFn: ({ signal }) => request<DocumentChanges>(`${at(id)}/versions/${before}/diff/${after}`, { signal }),
  });

export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: ['versions', id, number],
    queryFn: ({ signal }) => request<Dashboard>(`${at(id)}/versions/${number}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const readDraft = async (id: string): Promise<Draft> => {
  const { body, headers } = await requestAnswer<Dashboard>(`${at(id)}?draft=true`);
  return { document: body, etag: headers.get('ETag') ?? '' };
};

export const draftQuery = (id: string) =>
  queryOptions({ queryKey: ['draft', id], queryFn: () => readDraft(id), staleTime: 0 });

export const publish = (id: string, note: string, etag: string): Promise<Version> =>
  request(`${at(id)}/publish`, { method: 'POST', body: { note }, ifMatch: etag });

export const rollBack = (id: string, number: number, etag: string): Promise<Version> =>
  request(`${at(id)}/versions/${number}/restore`, { method: 'POST', ifMatch: etag });

/** Writes the draft, and publishes it at once if it did not differ from what is published. */
export const writeDraft = (document: Dashboard, etag: string, publishing: boolean): Promise<Dashboard> =>
  request(`${at(document.id)}${publishing ? '?publish=true' : ''}`, { method: 'PUT', body: document, ifMatch: etag });

export const duplicate = (id: string): Promise<Dashboard> =>
  request(`${at(id)}/duplicate`, { method: 'POST', body: {} });

export const changeVisibility = (id: string, visibility: 'organisation' | 'private'): Promise<unknown> =>
  request(at(id), { method: 'PATCH', body: { visibility } });

export const trash = (id: string): Promise<null> => request(at(id), { method: 'DELETE' });

export const removeForever = (id: string): Promise<null> => request(`${at(id)}?forever=true`, { method: 'DELETE' });

export const takeBack = (id: string): Promise<unknown> => request(`${at(id)}/restore`, { method: 'POST' });
