import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRoleNames } from '../../account/useRoleNames';
import { type Principal, sessionQuery } from '../../api/sessions';
import { createLink, createUser, type NewUser, usersQuery } from '../../api/users';
import forms from '../../ui/Form.module.css';
import { Problem } from '../../ui/Problem';
import { fromRows } from '../pairs';
import { type KeyValue, Rows } from '../Rows';
import { LinkShown } from './LinkShown';

interface InviteDialogProps {
  readonly onClose: () => void;
}

function InviteForm({ principal, onClose }: InviteDialogProps & { readonly principal: Principal }) {
  const queries = useQueryClient();
  const roles = useRoleNames(principal);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [rows, setRows] = useState<readonly KeyValue[]>([]);
  const inviting = useMutation({
    mutationFn: async (user: NewUser) => createLink((await createUser(user)).id, 'invite'),
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    inviting.mutate({ email: email.trim(), name: name.trim(), role, attributes: fromRows(rows) });
  };
  if (inviting.data) return <LinkShown made={inviting.data} purpose="invite" onClose={onClose} />;
  return (
    <form onSubmit={submit} className={forms.form}>
      <TextInput
        label="Email"
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="Role"
        value={role}
        data={[...roles]}
        onChange={(event) => setRole(event.currentTarget.value)}
      />
      <Rows
        legend="Attributes"
        hint="Values that the conditions of the role name, such as vessels: v1, v2."
        keyLabel="Name"
        valueLabel="Value"
        add="Add an attribute"
        rows={rows}
        onChange={setRows}
      />
      <Problem error={inviting.error} />
      <div className={forms.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={inviting.isPending}>
          Make the invitation
        </Button>
      </div>
    </form>
  );
}

/** A new account, and the link with which its owner chooses a password. */
export function InviteDialog({ onClose }: InviteDialogProps) {
  const { data: principal } = useQuery(sessionQuery);
  return (
    <Modal opened onClose={onClose} title="Invite somebody" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {principal ? <InviteForm principal={principal} onClose={onClose} /> : null}
    </Modal>
  );
}
