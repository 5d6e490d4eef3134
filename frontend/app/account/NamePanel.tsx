import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Principal, renameMe, sessionQuery } from '../api/sessions';
import forms from '../ui/Form.module.css';
import { Panel } from '../ui/Panel';
import { Problem } from '../ui/Problem';
import { useToast } from '../ui/Toasts';

export function NamePanel({ principal }: { readonly principal: Principal }) {
  const queries = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState(principal.name);
  const renaming = useMutation({
    mutationFn: renameMe,
    onSuccess: () => {
      toast({ text: 'Your name is changed' });
      return queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    renaming.mutate(name.trim());
  };
  const same = name.trim() === '' || name.trim() === principal.name;
  return (
    <Panel title="Name" lead="Others see it beside what you publish and change.">
      <form onSubmit={submit} className={`${forms.form} ${forms.narrow}`}>
        <TextInput
          aria-label="Name"
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Problem error={renaming.error} />
        <div className={`${forms.buttons} ${forms.start}`}>
          <Button type="submit" variant="default" disabled={same} loading={renaming.isPending}>
            Save the name
          </Button>
        </div>
      </form>
    </Panel>
  );
}
