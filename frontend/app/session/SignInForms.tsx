import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SignInMethods } from '../api/sessions';
import { PasswordForm } from './PasswordForm';
import { Providers } from './Providers';
import styles from './SignInPage.module.css';
import { TokenForm } from './TokenForm';

/** Every way in that this server offers, the usual one first. */
export function SignInForms({ methods }: { readonly methods: SignInMethods }) {
  const { password, providers } = methods;
  const [token, setToken] = useState(!password && providers.length === 0);
  const others = password || providers.length > 0;
  return (
    <>
      <Providers providers={providers} />
      {providers.length > 0 && (password || token) ? <p className={styles.or}>or</p> : null}
      {token ? <TokenForm /> : null}
      {password && !token ? <PasswordForm /> : null}
      {others ? (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setToken(!token)}>
          {token ? 'Back to the other ways' : 'Use an API token'}
        </Button>
      ) : (
        <div className={styles.help}>
          <p>No token yet? Where the server runs:</p>
          <code>nowboard token create --name browser</code>
        </div>
      )}
    </>
  );
}
