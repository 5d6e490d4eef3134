import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { HOME } from '../api/roles';
import { type Permission, sessionQuery, useMay } from '../api/sessions';
import { PageBar } from '../shell/PageBar';
import { Message } from '../ui/Message';
import styles from './AdminBar.module.css';

interface Place {
  readonly path: string;
  readonly title: string;
  readonly permission: Permission;
  /** Only in the first organisation. */
  readonly home?: boolean;
}

export const ADMIN_PLACES: readonly Place[] = [
  { path: '/admin/users', title: 'Users', permission: 'users' },
  { path: '/admin/roles', title: 'Roles', permission: 'users' },
  { path: '/admin/organisations', title: 'Organisations', permission: 'admin', home: true },
  { path: '/admin/audit', title: 'Audit log', permission: 'audit' },
];

/** The places of administration that are open to who is signed in. */
export function useAdminPlaces(): readonly Place[] {
  const { data } = useQuery(sessionQuery);
  const may = useMay();
  const home = data?.organisation === HOME;
  return ADMIN_PLACES.filter((place) => may(place.permission) && (home || place.home !== true));
}

interface AdminPageProps {
  readonly path: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page of administration: its title, the ways to the others, and words for who may not be here. */
export function AdminPage({ path, actions, children }: AdminPageProps) {
  const places = useAdminPlaces();
  const [here] = useLocation();
  const place = ADMIN_PLACES.find((each) => each.path === path);
  const open = places.some((each) => each.path === path);
  return (
    <>
      <title>{`${place?.title ?? 'Administration'} · Nowboard`}</title>
      <PageBar title={place?.title ?? 'Administration'} actions={open ? actions : null}>
        <nav aria-label="Administration" className={styles.places}>
          {places.map((each) => (
            <Link key={each.path} href={each.path} aria-current={each.path === here ? 'page' : undefined}>
              {each.title}
            </Link>
          ))}
        </nav>
      </PageBar>
      {open ? (
        children
      ) : (
        <Message icon="lock" title="You may not see this" size="large" alert>
          {`It needs the permission “${place?.permission ?? 'admin'}”. Whoever administers this server can grant it.`}
        </Message>
      )}
    </>
  );
}
