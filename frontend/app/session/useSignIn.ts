/** Signing in, by the code of a link or by an API token. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { sessionQuery, signIn } from '../api/sessions';
import { readCode } from './link';

export function useSignIn() {
  const queries = useQueryClient();
  const [path, navigate] = useLocation();
  return useMutation({
    mutationFn: signIn,
    onSuccess: (principal) => {
      queries.setQueryData(sessionQuery.queryKey, principal);
      if (path === '/sign-in') navigate('/', { replace: true });
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
