import { ApiFailure } from '../api/client';
import { Icon } from '../ui/Icon';
import styles from './SignInPage.module.css';
import { signInWords } from './words';

/** A sign-in link that did not work, and where a new one comes from. */
export function LinkFailure({ error }: { readonly error: Error }) {
  const refused = error instanceof ApiFailure && error.status >= 400 && error.status < 500 && error.status !== 429;
  return (
    <div className={styles.notice} role="alert">
      <Icon name="warning" size={16} />
      <div>
        <strong>{refused ? 'This sign-in link does not work any more' : 'Signing in did not work'}</strong>
        <p>
          {refused
            ? 'A link works once, within 15 minutes. Where the server runs, this makes a new one:'
            : signInWords(error)}
        </p>
        {refused ? <code>nowboard link</code> : null}
      </div>
    </div>
  );
}
