/** A dashboard that was published again shows its new document without a reload. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Subscription } from '../../core/index';
import { dashboardQuery } from '../api/dashboards';

/**
 * The server moves the subscription on to the new version by itself, also while nobody was connected; here the document
 * follows. `version` is that of the document that is shown; null where it is not told, and the first one that is heard of counts.
 */
export function usePublished(id: string, version: number | null, subscription: Subscription | null): void {
  const queries = useQueryClient();
  const asked = useRef<number | null>(null);
  useEffect(() => {
    if (subscription === null) return undefined;
    let shown = version;
    const follow = (): void => {
      const live = subscription.state.get().version;
      shown ??= live;
      if (live === null || live === shown || live === asked.current) return;
      if (version === null) shown = live;
      asked.current = live;
      void queries.invalidateQueries({ queryKey: dashboardQuery(id).queryKey }).finally(() => {
        asked.current = null; // a document that did not arrive is asked for at the next change
      });
    };
    follow();
    return subscription.state.subscribe(follow);
  }, [queries, id, version, subscription]);
}
