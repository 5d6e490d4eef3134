import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiFailure } from '../api/client';
import { choosePassword } from '../api/sessions';
import { Icon } from '../ui/Icon';
import { Problem } from '../ui/Problem';
import { AuthCard } from './AuthCard';
import { readCode } from './link';
import { NewPassword } from './NewPassword';
import styles from './SignInPage.module.css';
import { useEntered } from './useSignIn';
import { signInWords } from './words';

function LinkOver() {
  return (
    <AuthCard title="This link does not work any more">
      <div className={styles.notice} role="alert">
        <Icon name="warning" size={16} />
        <p>It is over, was used before, or is not complete. Ask whoever sent it for a new one.</p>
      </div>
      <Link href="/sign-in">Go to the sign-in page</Link>
    </AuthCard>
  );
}

/** Opened by an invitation or a reset link: choose a password, and be signed in. */
export function ResetPage() {
  const [code] = useState(() => readCode(window.location, '/reset'));
  const [password, setPassword] = useState('');
  const enter = useEntered();
  const choosing = useMutation({ mutationFn: choosePassword, onSuccess: (principal) => enter(principal, '/') });
  // The code stays out of the history.
  useEffect(() => window.history.replaceState(null, '', window.location.pathname), []);
  const over = choosing.error instanceof ApiFailure && choosing.error.code === 'bad_link';
  if (code === null || over) return <LinkOver />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    choosing.mutate({ link: code, password });
  };
  return (
    <AuthCard title="Choose a password" lead="You are signed in with it at once, here and nowhere else.">
      <form onSubmit={submit} className={styles.form}>
        <NewPassword value={password} onChange={setPassword} />
        <Problem error={choosing.error} text={choosing.error ? signInWords(choosing.error) : null} />
        <Button type="submit" size="md" fullWidth loading={choosing.isPending}>
          Save and sign in
        </Button>
      </form>
    </AuthCard>
  );
}
