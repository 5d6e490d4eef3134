/** Signing in: by the code of a link, an API token, or an address and its password. */
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { type Credentials, methodsQuery, type Principal, sessionQuery, signIn } from '../api/sessions';
import { readCode } from './link';

/** Remembered in the browser: the first administrator is to be made another time. */
export const SETUP_LATER = 'nowboard-setup-later';

const setupIsDue = async (queries: QueryClient): Promise<boolean> => {
  if (localStorage.getItem(SETUP_LATER) !== null) return false;
  // Without an answer, the page itself is the better place to be.
  return queries.fetchQuery(methodsQuery).then(
    ({ setup }) => setup,
    () => false,
  );
};

/** Takes over the session that has just begun, and goes on to `target`. */
export function useEntered(): (principal: Principal, target: string | null) => void {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  return (principal, target) => {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    queries.setQueryData(sessionQuery.queryKey, principal);
    if (target !== null) navigate(target, { replace: true });
  };
}

export function useSignIn() {
  const queries = useQueryClient();
  const [path] = useLocation();
  const enter = useEntered();
  return useMutation({
    mutationFn: async (credentials: Credentials) => {
      const principal = await signIn(credentials);
      return { principal, setup: 'link' in credentials && (await setupIsDue(queries)) };
    },
    onSuccess: ({ principal, setup }) => {
      enter(principal, setup ? '/set-up' : path === '/sign-in' ? '/' : null);
    },
  });
}

/** Uses each code that comes into the address once, and takes it out of the address and the history. */
export function useLinkSignIn() {
  const signingIn = useSignIn();
  const { mutate } = signingIn;
  useEffect(() => {
    const use = (): void => {
      const code = readCode(window.location);
      if (code === null) return;
      window.history.replaceState(null, '', window.location.pathname);
      mutate({ link: code });
    };
    use();
    // Another link opened in the same tab changes only the fragment.
    window.addEventListener('hashchange', use);
    return () => window.removeEventListener('hashchange', use);
  }, [mutate]);
  return signingIn;
}
