import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRoleNames } from '../../account/useRoleNames';
import { type Principal, sessionQuery } from '../../api/sessions';
import { createLink, createUser, type NewUser, usersQuery } from '../../api/users';
import { DialogForm } from '../../ui/DialogForm';
import { RoleField } from '../../ui/RoleField';
import { TextField } from '../../ui/TextField';
import { AttributeRows } from '../AttributeRows';
import { fromRows } from '../pairs';
import type { KeyValue } from '../Rows';
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
  const submit = (): void => {
    inviting.mutate({ email: email.trim(), name: name.trim(), role, attributes: fromRows(rows) });
  };
  if (inviting.data) return <LinkShown made={inviting.data} purpose="invite" onClose={onClose} />;
  return (
    <DialogForm
      verb="Make the invitation"
      pending={inviting.isPending}
      error={inviting.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="Email" type="email" required data-autofocus value={email} onChange={setEmail} />
      <TextField label="Name" required value={name} onChange={setName} />
      <RoleField value={role} roles={roles} onChange={setRole} />
      <AttributeRows rows={rows} onChange={setRows} />
    </DialogForm>
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
