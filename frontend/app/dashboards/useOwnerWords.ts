/** Whose a dashboard is, in words. */
import { useQuery } from '@tanstack/react-query';
import type { DashboardSummary } from '../../core/types';
import { sessionQuery, useMay } from '../api/sessions';
import { usersQuery } from '../api/users';

/** Names of others are known to those who may list people. */
export function useOwnerWords(): (dashboard: DashboardSummary) => string {
  const { data: principal } = useQuery(sessionQuery);
  const may = useMay();
  const users = useQuery({ ...usersQuery, enabled: may('users') });
  return ({ owner }) => {
    if (owner === undefined) return '';
    if (owner === principal?.id) return 'yours';
    const found = users.data?.find(({ id }) => id === owner);
    return found ? `by ${found.name || found.email}` : '';
  };
}
