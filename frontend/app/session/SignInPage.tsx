import { Loader } from '@mantine/core';
import { ApiFailure } from '../api/client';
import { Icon } from '../ui/Icon';
import { Logo } from '../ui/Logo';
import styles from './SignInPage.module.css';
import { TokenForm } from './TokenForm';
import { useLinkSignIn } from './useSignIn';

function LinkFailure({ error }: { readonly error: Error }) {
  const refused = error instanceof ApiFailure && error.status >= 400 && error.status < 500;
  return (
    <div className={styles.notice} role="alert">
      <Icon name="warning" size={16} />
      <div>
        <strong>{refused ? 'This sign-in link does not work any more' : 'Signing in did not work'}</strong>
        <p>
          {refused
            ? 'A link works once, within 15 minutes. Where the server runs, this makes a new one:'
            : error.message}
        </p>
        {refused ? <code>nowboard link</code> : null}
      </div>
    </div>
  );
}

/** For who has no session: the code of a link is used at once; otherwise there is a form for an API token. */
export function SignInPage() {
  const link = useLinkSignIn();
  return (
    <main className={styles.root} id="main">
      <title>Sign in · Nowboard</title>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo size={32} />
          <span>Nowboard</span>
        </div>
        {link.isPending ? (
          <p className={styles.waiting} role="status">
            <Loader size="xs" /> Signing you in
          </p>
        ) : (
          <>
            <div>
              <h1 className={styles.title}>Sign in</h1>
              <p className={styles.lead}>Open the sign-in link that the server printed, or paste an API token.</p>
            </div>
            {link.error ? <LinkFailure error={link.error} /> : null}
            <TokenForm />
            <div className={styles.help}>
              <p>No token yet? Where the server runs:</p>
              <code>nowboard token create --name browser</code>
            </div>
          </>
        )}
      </div>
    </main>
  );
}
