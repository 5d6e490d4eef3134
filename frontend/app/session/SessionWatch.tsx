import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useConnection, useLiveClient } from '../../react/index';
import { sessionQuery } from '../api/sessions';

/** When the live connection says that the session is over, asks once more, and leads to the sign-in form if it is. */
export function SessionWatch() {
  const queries = useQueryClient();
  const client = useLiveClient();
  const { phase } = useConnection();
  useEffect(() => {
    if (phase !== 'signed_out') return;
    queries.fetchQuery({ ...sessionQuery, staleTime: 0 }).then(
      (principal) => {
        if (principal !== null) client.reconnect();
      },
      // The server cannot be reached; the badge says so, and the next request tells more.
      () => undefined,
    );
  }, [phase, queries, client]);
  return null;
}
