import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiFailure } from '../api/client';
import styles from './SignInPage.module.css';
import { useSignIn } from './useSignIn';

const explain = (error: Error | null): string | null => {
  if (error === null) return null;
  if (error instanceof ApiFailure && error.status === 401) return 'This token is not known, or it was revoked.';
  return error.message;
};

export function TokenForm() {
  const signIn = useSignIn();
  const [token, setToken] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (token.trim() !== '') signIn.mutate({ token: token.trim() });
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <PasswordInput
        label="API token"
        name="token"
        autoComplete="off"
        spellCheck={false}
        size="md"
        value={token}
        error={explain(signIn.error)}
        onChange={(event) => setToken(event.currentTarget.value)}
      />
      <Button type="submit" size="md" fullWidth loading={signIn.isPending} disabled={token.trim() === ''}>
        Sign in
      </Button>
    </form>
  );
}
