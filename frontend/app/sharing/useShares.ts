/** The shares of one dashboard, and how they are made and ended. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createShare, type NewShare, revokeShare, sharesQuery } from '../api/shares';

export function useShares(dashboard: string) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: sharesQuery(dashboard).queryKey });
  return {
    shares: useQuery(sharesQuery(dashboard)),
    creating: useMutation({ mutationFn: (share: NewShare) => createShare(dashboard, share), onSuccess: refresh }),
    ending: useMutation({ mutationFn: (share: string) => revokeShare(dashboard, share), onSettled: refresh }),
  };
}
