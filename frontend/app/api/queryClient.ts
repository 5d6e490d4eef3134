/** How the page caches what it asked over HTTP. Live numbers never pass through here. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFailure } from './client';
import { sessionQuery } from './sessions';

const RETRIES = 2;

/** Refusals are final; what never arrived or came too early is worth another try. */
export const shouldRetry = (failures: number, error: Error): boolean => {
  if (failures >= RETRIES) return false;
  if (!(error instanceof ApiFailure)) return false;
  return error.status === 0 || error.status === 429 || error.status >= 500;
};

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: shouldRetry, refetchOnWindowFocus: false } },
    queryCache: new QueryCache({
      // A session that ended elsewhere shows at the next request.
      onError: (error) => {
        if (error instanceof ApiFailure && error.status === 401) client.setQueryData(sessionQuery.queryKey, null);
      },
    }),
  });
  return client;
}
