/** What is done to a dashboard as a whole, with a way back where there is one. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { DashboardSummary } from '../../../core/types';
import { dashboardsQuery, trashQuery } from '../../api/dashboards';
import { keepAsTemplate, templatesQuery } from '../../api/making';
import { duplicate, takeBack, trash } from '../../api/versions';
import { useToast } from '../../ui/Toasts';

export interface DocumentActions {
  readonly duplicate: (dashboard: DashboardSummary) => void;
  readonly trash: (dashboard: DashboardSummary) => void;
  readonly takeBack: (dashboard: DashboardSummary) => void;
  /** As a template that new dashboards can start from. */
  readonly keep: (dashboard: DashboardSummary) => void;
}

/** Asks again for the lists; documents themselves follow the live connection. */
export function useRefreshLists(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true }),
      queries.invalidateQueries({ queryKey: trashQuery.queryKey }),
    ]);
}

export function useDocumentActions(): DocumentActions {
  const toast = useToast();
  const refresh = useRefreshLists();
  const queries = useQueryClient();
  const [path, navigate] = useLocation();
  const failed = (error: Error): void => toast({ text: error.message });
  const returning = useMutation({
    mutationFn: ({ id }: DashboardSummary) => takeBack(id),
    onSuccess: (_, { title }) => {
      toast({ text: `“${title}” is back` });
      return refresh();
    },
    onError: failed,
  });
  const trashing = useMutation({
    mutationFn: ({ id }: DashboardSummary) => trash(id),
    onSuccess: (_, dashboard) => {
      if (path.startsWith('/dashboards/')) navigate('/');
      toast({ text: `“${dashboard.title}” is in the trash`, undo: () => returning.mutate(dashboard) });
      return refresh();
    },
    onError: failed,
  });
  const copying = useMutation({
    mutationFn: ({ id }: DashboardSummary) => duplicate(id),
    onSuccess: async ({ id, title }) => {
      await refresh();
      toast({ text: `“${title}” is a draft of your own` });
      navigate(`/dashboards/${encodeURIComponent(id)}`);
    },
    onError: failed,
  });
  const keeping = useMutation({
    mutationFn: ({ id, title }: DashboardSummary) => keepAsTemplate(id, title),
    onSuccess: (_, { title }) => {
      toast({ text: `New dashboards can start from “${title}”` });
      return queries.invalidateQueries({ queryKey: templatesQuery.queryKey });
    },
    onError: failed,
  });
  return {
    duplicate: copying.mutate,
    trash: trashing.mutate,
    takeBack: returning.mutate,
    keep: keeping.mutate,
  };
}
