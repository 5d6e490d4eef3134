/** Signing in, by the code of a link or by an API token. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
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

/** Uses the code in the address once, and takes it out of the address and the history. */
export function useLinkSignIn() {
  const signingIn = useSignIn();
  const used = useRef(false);
  const { mutate } = signingIn;
  useEffect(() => {
    const code = readCode(window.location);
    if (code === null || used.current) return;
    used.current = true;
    window.history.replaceState(null, '', window.location.pathname);
    mutate({ link: code });
  }, [mutate]);
  return signingIn;
}
