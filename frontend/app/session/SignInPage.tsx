import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { methodsQuery, type SignInMethods } from '../api/sessions';
import { Icon } from '../ui/Icon';
import { AuthCard } from './AuthCard';
import { LinkFailure } from './LinkFailure';
import { SignInForms } from './SignInForms';
import styles from './SignInPage.module.css';
import { useLinkSignIn } from './useSignIn';
import { codeWords } from './words';

const ONLY_TOKENS: SignInMethods = { password: false, setup: false, providers: [] };

const leadOf = ({ password, providers }: SignInMethods): string =>
  password || providers.length > 0
    ? 'With your account, or with a link that was made for you.'
    : 'Open the sign-in link that the server printed, or paste an API token.';

/** A provider leads back here with a code when it did not sign the person in. */
function ProviderFailure({ code }: { readonly code: string }) {
  return (
    <div className={styles.notice} role="alert">
      <Icon name="warning" size={16} />
      <span>{codeWords(code)}</span>
    </div>
  );
}

/** For who has no session: the code of a link is used at once; otherwise there are forms. */
export function SignInPage() {
  const link = useLinkSignIn();
  const asked = useQuery(methodsQuery);
  const [refused] = useState(() => new URLSearchParams(window.location.search).get('error'));
  const methods = asked.isError ? ONLY_TOKENS : asked.data;
  if (link.isPending || methods === undefined) {
    return (
      <AuthCard title="Sign in">
        <p className={styles.waiting} role="status">
          <Loader size="xs" /> {link.isPending ? 'Signing you in' : 'One moment'}
        </p>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Sign in" lead={leadOf(methods)}>
      {link.error ? <LinkFailure error={link.error} /> : null}
      {refused && !link.error ? <ProviderFailure code={refused} /> : null}
      <SignInForms methods={methods} />
    </AuthCard>
  );
}
