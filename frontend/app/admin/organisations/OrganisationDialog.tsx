import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeOrganisation,
  createOrganisation,
  type Organisation,
  organisationsQuery,
  removeOrganisation,
} from '../../api/roles';
import { DialogForm } from '../../ui/DialogForm';
import forms from '../../ui/Form.module.css';
import { Problem } from '../../ui/Problem';
import { TextField } from '../../ui/TextField';
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
  const title = organisation ? organisation.name : 'New organisation';
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <DialogForm
        verb="Save"
        pending={saving.isPending}
        error={saving.error}
        onSubmit={() => saving.mutate()}
        onClose={onClose}
      >
        {organisation ? null : (
          <TextField
            label="Id"
            description="Small letters, digits, hyphens. It cannot be changed later."
            required
            value={id}
            onChange={setId}
          />
        )}
        <TextField label="Name" required value={name} onChange={setName} />
        <ScopeFields draft={draft} onChange={setDraft} />
      </DialogForm>
      {organisation ? <ClosingButtons organisation={organisation} done={done} /> : null}
    </Modal>
  );
}
