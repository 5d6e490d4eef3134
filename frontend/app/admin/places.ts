/** The places of administration, and which of them are open to whom. */
import { useQuery } from '@tanstack/react-query';
import { HOME } from '../api/roles';
import { type Permission, sessionQuery, useMay } from '../api/sessions';
import type { IconName } from '../ui/icons';

interface Place {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly permission: Permission;
  /** Only in the first organisation. */
  readonly home?: boolean;
}

export const ADMIN_PLACES: readonly Place[] = [
  { path: '/admin/users', title: 'Users', icon: 'user', permission: 'users' },
  { path: '/admin/roles', title: 'Roles', icon: 'lock', permission: 'users' },
  { path: '/admin/organisations', title: 'Organisations', icon: 'dashboards', permission: 'admin', home: true },
  { path: '/admin/audit', title: 'Audit log', icon: 'clock', permission: 'audit' },
];

export function useAdminPlaces(): readonly Place[] {
  const { data } = useQuery(sessionQuery);
  const may = useMay();
  const home = data?.organisation === HOME;
  return ADMIN_PLACES.filter((place) => may(place.permission) && (home || place.home !== true));
}
