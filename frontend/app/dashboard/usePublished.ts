/** A dashboard that was published again shows its new widgets without a reload. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Subscription } from '../../core/index';
import { useLiveClient } from '../../react/index';
import { dashboardQuery } from '../api/dashboards';

export function usePublished(id: string, subscription: Subscription | null): void {
  const queries = useQueryClient();
  const client = useLiveClient();
  useEffect(() => {
    if (subscription === null) return undefined;
    return client.onAnnouncement((announcement) => {
      if (announcement.type !== 'notice' || announcement.kind !== 'published') return;
      void queries.invalidateQueries({ queryKey: dashboardQuery(id).queryKey }).then(() => subscription.restart());
    });
  }, [client, queries, id, subscription]);
}
