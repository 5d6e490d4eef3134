import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LiveProvider } from '../../react/index';
import { API_BASE } from '../api/client';
import { sessionQuery } from '../api/sessions';
import { Failure } from '../ui/Failure';
import { SessionWatch } from './SessionWatch';
import { SignInPage } from './SignInPage';

/** Shows the page to who is signed in, and the sign-in form to everyone else, at the same address. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const session = useQuery(sessionQuery);
  if (session.isPending) return null;
  if (session.isError) {
    return <Failure error={session.error} title="Nowboard cannot be reached" retry={() => session.refetch()} />;
  }
  if (session.data === null) return <SignInPage />;
  return (
    <LiveProvider base={API_BASE} key={session.data.id}>
      <SessionWatch />
      {children}
    </LiveProvider>
  );
}
