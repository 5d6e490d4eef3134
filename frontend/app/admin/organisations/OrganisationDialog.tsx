import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  changeOrganisation,
  createOrganisation,
  type Organisation,
  organisationsQuery,
  removeOrganisation,
} from '../../api/roles';
import forms from '../../ui/Form.module.css';
import { Problem } from '../../ui/Problem';
import { useToast } from '../../ui/Toasts';
import { ScopeFields } from '../roles/ScopeFields';
import { draftOf, scopeOf } from '../roles/scope';

interface OrganisationDialogProps {
  /** Null: a new one. */
  readonly organisation: Organisation | null;
  readonly onClose: () => void;
}

function ClosingButtons({ organisation, done }: { organisation: Organisation; done: (text: string) => unknown }) {
  const { id, name, disabled } = organisation;
  const [sure, setSure] = useState(false);
  const closing = useMutation({
    mutationFn: () => changeOrganisation(id, { disabled: !disabled }),
    onSuccess: () => done(disabled ? `${name} is open again` : `${name} is closed`),
  });
  const removing = useMutation({
    mutationFn: () => removeOrganisation(id),
    onSuccess: () => done(`${name} is removed`),
  });
  return (
    <>
      <Problem error={closing.error ?? removing.error} />
      <div className={`${forms.buttons} ${forms.start}`}>
        <Button variant="default" loading={closing.isPending} onClick={() => closing.mutate()}>
          {disabled ? 'Open again' : 'Close'}
        </Button>
        {disabled ? (
          <Button
            variant={sure ? 'filled' : 'subtle'}
            color="red"
            loading={removing.isPending}
            onClick={() => (sure ? removing.mutate() : setSure(true))}
          >
            {sure ? 'Remove with all users and dashboards' : 'Remove'}
          </Button>
        ) : null}
      </div>
    </>
  );
}

/** What an organisation is called and what it sees at most. */
export function OrganisationDialog({ organisation, onClose }: OrganisationDialogProps) {
  const queries = useQueryClient();
  const toast = useToast();
  const [id, setId] = useState(organisation?.id ?? '');
  const [name, setName] = useState(organisation?.name ?? '');
  const [draft, setDraft] = useState(() => draftOf(organisation?.scope ?? {}));
  const done = (text: string) => {
    toast({ text });
    onClose();
    return queries.invalidateQueries({ queryKey: organisationsQuery.queryKey });
  };
  const saving = useMutation({
    mutationFn: () => {
      const scope = scopeOf(draft, organisation?.scope ?? {});
      return organisation
        ? changeOrganisation(id, { name: name.trim(), scope })
        : createOrganisation({ id: id.trim(), name: name.trim(), scope });
    },
    onSuccess: () => done(`${name.trim()} is saved`),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  const title = organisation ? organisation.name : 'New organisation';
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} className={forms.form}>
        {organisation ? null : (
          <TextInput
            label="Id"
            description="Small letters, digits, hyphens. It cannot be changed later."
            required
            withAsterisk={false}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
          />
        )}
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ScopeFields draft={draft} onChange={setDraft} />
        <Problem error={saving.error} />
        <div className={forms.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
        </div>
      </form>
      {organisation ? <ClosingButtons organisation={organisation} done={done} /> : null}
    </Modal>
  );
}
