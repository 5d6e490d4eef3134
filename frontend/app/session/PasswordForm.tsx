import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Problem } from '../ui/Problem';
import { EmailField } from './EmailField';
import styles from './SignInPage.module.css';
import { useSignIn } from './useSignIn';
import { signInWords } from './words';

/** An account's address and its password. */
export function PasswordForm() {
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (email.trim() !== '' && password !== '') signIn.mutate({ email: email.trim(), password });
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <EmailField value={email} onChange={setEmail} />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        size="md"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Problem error={signIn.error} text={signIn.error ? signInWords(signIn.error) : null} />
      <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
