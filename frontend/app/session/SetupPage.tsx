import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { methodsQuery, setUp } from '../api/sessions';
import { Problem } from '../ui/Problem';
import { TextField } from '../ui/TextField';
import { AuthCard } from './AuthCard';
import { EmailField } from './EmailField';
import { NewPassword } from './NewPassword';
import styles from './SignInPage.module.css';
import { SETUP_LATER, useEntered } from './useSignIn';
import { signInWords } from './words';

/** The first administrator's account, made by whoever opened the link that the server printed. */
export function SetupPage() {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const methods = useQuery(methodsQuery);
  const enter = useEntered();
  const making = useMutation({ mutationFn: setUp, onSuccess: (principal) => enter(principal, '/') });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate({ email: email.trim(), name: name.trim(), password });
  };
  const later = (): void => {
    localStorage.setItem(SETUP_LATER, '1');
    navigate('/', { replace: true });
  };
  if (methods.data?.setup === false) {
    return (
      <AuthCard title="All set up" lead="This server has an administrator. Others join by invitation.">
        <Button onClick={() => navigate('/', { replace: true })}>Open the dashboards</Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Make your account" lead="You are the first here, so you become the administrator.">
      <form onSubmit={submit} className={styles.form}>
        <EmailField value={email} onChange={setEmail} />
        <TextField label="Name" name="name" autoComplete="name" size="md" required value={name} onChange={setName} />
        <NewPassword value={password} onChange={setPassword} />
        <Problem error={making.error} text={making.error ? signInWords(making.error) : null} />
        <Button type="submit" size="md" fullWidth loading={making.isPending}>
          Make my account
        </Button>
        <Button variant="subtle" color="gray" onClick={later}>
          Later
        </Button>
      </form>
    </AuthCard>
  );
}
