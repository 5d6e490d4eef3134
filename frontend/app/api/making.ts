/** Where new dashboards come from: nothing, a template, a file. And their text, which can be changed as a whole. */
import { queryOptions } from '@tanstack/react-query';
import type { Dashboard } from '../../core/types';
import { request, requestText } from './client';

export interface Template {
  readonly id: string;
  readonly kind: 'dashboard' | 'widget';
  readonly title: string;
  readonly description: string;
}

/** Of whole dashboards, by title. */
export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: async ({ signal }) => {
    const { items } = await request<{ items: readonly Template[] }>('/templates', { signal });
    return items.filter(({ kind }) => kind === 'dashboard');
  },
});

export const createEmpty = (title: string): Promise<Dashboard> =>
  request('/dashboards', { method: 'POST', body: { title, widgets: [] } });

export const createFrom = (template: string, title: string): Promise<Dashboard> =>
  request(`/templates/${encodeURIComponent(template)}/use`, { method: 'POST', body: { title } });

/** Makes the dashboard that a file describes; with the `etag` of a draft, replaces that. */
export const writeText = (yaml: string, etag?: string): Promise<Dashboard> =>
  request('/dashboards/import', { method: 'POST', yaml, ...(etag === undefined ? {} : { ifMatch: etag }) });

/** A template of a dashboard as its editors know it. */
export const keepAsTemplate = (dashboard: string, title: string): Promise<Template> =>
  request('/templates', { method: 'POST', body: { title, source: { dashboard } } });

export interface DraftText {
  readonly text: string;
  readonly etag: string;
}

export const draftTextQuery = (id: string) =>
  queryOptions({
    queryKey: ['draft', id, 'text'],
    queryFn: async ({ signal }): Promise<DraftText> => {
      const { body, headers } = await requestText(`/dashboards/${encodeURIComponent(id)}/export?draft=true`, {
        signal,
      });
      return { text: body, etag: headers.get('ETag') ?? '' };
    },
    staleTime: 0,
    // Never changed under the hands of somebody who writes.
    refetchOnWindowFocus: false,
  });
