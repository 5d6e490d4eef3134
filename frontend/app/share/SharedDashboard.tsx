import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useConnection } from '../../react/index';
import { ApiFailure } from '../api/client';
import { dashboardQuery, type PublishedDashboard } from '../api/dashboards';
import { type Shared, sharedQuery } from '../api/shared';
import { DashboardView } from '../dashboard/DashboardView';
import { GridPlaceholder } from '../dashboard/GridPlaceholder';
import { Failure } from '../ui/Failure';
import { preloadCharts } from '../widgets/createChart';
import { ShareOver } from './ShareOver';

interface SharedDashboardProps {
  readonly embedded: boolean;
}

const REFUSED = [401, 403, 404];
const isRefused = (error: Error | null): boolean => error instanceof ApiFailure && REFUSED.includes(error.status);

const shown = ({ dashboard }: Shared): PublishedDashboard => ({
  document: dashboard,
  version: dashboard.version ?? null,
});

/** The document under the key that a new version invalidates, read from where guests read it. */
function Document({ shared, embedded }: SharedDashboardProps & { readonly shared: Shared }) {
  const { phase } = useConnection();
  const current = useQuery({
    ...dashboardQuery(shared.dashboard.id),
    queryFn: async ({ client }) => shown(await client.fetchQuery({ ...sharedQuery, staleTime: 0 })),
    initialData: shown(shared),
  });
  if (phase === 'revoked' || phase === 'signed_out' || isRefused(current.error))
    return <ShareOver embedded={embedded} />;
  return <DashboardView document={current.data.document} version={current.data.version} />;
}

/** The one dashboard of a share: live, and without anything that leads elsewhere. */
export function SharedDashboard({ embedded }: SharedDashboardProps) {
  const shared = useQuery(sharedQuery);
  useEffect(preloadCharts, []);
  if (shared.isPending) return <GridPlaceholder />;
  if (shared.data) return <Document shared={shared.data} embedded={embedded} />;
  if (isRefused(shared.error)) return <ShareOver embedded={embedded} />;
  return <Failure error={shared.error} title="The dashboard could not be loaded" retry={() => shared.refetch()} />;
}
