import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changePassword, ownSessionsQuery } from '../api/sessions';
import { NewPassword } from '../session/NewPassword';
import { signInWords } from '../session/words';
import forms from '../ui/Form.module.css';
import { Panel } from '../ui/Panel';
import { Problem } from '../ui/Problem';
import { useToast } from '../ui/Toasts';

export function PasswordPanel() {
  const queries = useQueryClient();
  const toast = useToast();
  const [current, setCurrent] = useState('');
  const [chosen, setChosen] = useState('');
  const changing = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setCurrent('');
      setChosen('');
      toast({ text: 'Your password is changed, and you are signed out everywhere else' });
      return queries.invalidateQueries({ queryKey: ownSessionsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    changing.mutate({ current, new: chosen });
  };
  return (
    <Panel title="Password" lead="Changing it signs you out everywhere else.">
      <form onSubmit={submit} className={`${forms.form} ${forms.narrow}`}>
        <PasswordInput
          label="Current password"
          name="password"
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <NewPassword value={chosen} onChange={setChosen} />
        <Problem error={changing.error} text={changing.error ? signInWords(changing.error) : null} />
        <div className={`${forms.buttons} ${forms.start}`}>
          <Button type="submit" variant="default" loading={changing.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
