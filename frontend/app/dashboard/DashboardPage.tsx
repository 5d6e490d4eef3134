import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiFailure } from '../api/client';
import { dashboardQuery } from '../api/dashboards';
import { NotFoundPage } from '../shell/NotFoundPage';
import { PageBar } from '../shell/PageBar';
import { Failure } from '../ui/Failure';
import { preloadCharts } from '../widgets/createChart';
import { DashboardView } from './DashboardView';
import { GridPlaceholder } from './GridPlaceholder';
import { Unpublished } from './Unpublished';

/** One dashboard: its document first, then its numbers. */
export function DashboardPage({ id }: { readonly id: string }) {
  const dashboard = useQuery(dashboardQuery(id));
  useEffect(preloadCharts, []);
  if (dashboard.isPending) {
    return (
      <>
        <PageBar title="" sticky />
        <GridPlaceholder />
      </>
    );
  }
  if (dashboard.isError) {
    const code = dashboard.error instanceof ApiFailure ? dashboard.error.code : null;
    if (code === 'not_published') return <Unpublished id={id} />;
    const missing = dashboard.error instanceof ApiFailure && dashboard.error.status === 404;
    if (missing) {
      return (
        <NotFoundPage
          title="This dashboard does not exist"
          text={`Nothing is called “${id}” here, or it was removed.`}
        />
      );
    }
    return (
      <Failure error={dashboard.error} title="The dashboard could not be loaded" retry={() => dashboard.refetch()} />
    );
  }
  return <DashboardView document={dashboard.data.document} version={dashboard.data.version} />;
}
