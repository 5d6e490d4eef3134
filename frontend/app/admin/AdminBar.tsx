import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { PageBar } from '../shell/PageBar';
import { Message } from '../ui/Message';
import styles from './AdminBar.module.css';
import { ADMIN_PLACES, useAdminPlaces } from './places';

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
