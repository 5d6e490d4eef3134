/** How far the viewer may go with the dashboard on the page. Guests of a shared page go nowhere. */
import { useQuery } from '@tanstack/react-query';
import type { DashboardSummary } from '../../../core/types';
import { dashboardsQuery } from '../../api/dashboards';
import { useMay } from '../../api/sessions';
import { useShell } from '../../shell/context';

export interface Owning {
  readonly summary: DashboardSummary | null;
  /** Change, publish, roll back. */
  readonly edit: boolean;
  /** Put in the trash, hand on. */
  readonly own: boolean;
  readonly share: boolean;
  readonly duplicate: boolean;
}

export const owningOf = (summary: DashboardSummary | null, may: ReturnType<typeof useMay>): Owning => {
  const level = summary?.level ?? 'view';
  const edit = (level === 'edit' || level === 'own') && may('edit');
  return {
    summary,
    edit,
    own: level === 'own' && may('edit'),
    share: level === 'own' && may('share'),
    duplicate: summary !== null && may('edit'),
  };
};

export function useOwning(id: string): Owning {
  const guest = useShell().openNavigation === null;
  const may = useMay(!guest);
  const { data } = useQuery({ ...dashboardsQuery, enabled: !guest });
  return owningOf(data?.find((each) => each.id === id) ?? null, may);
}
