import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRoleNames } from '../../account/useRoleNames';
import { type Principal, sessionQuery } from '../../api/sessions';
import { changeUser, type User, type UserChange, usersQuery } from '../../api/users';
import { DialogForm } from '../../ui/DialogForm';
import { RoleField } from '../../ui/RoleField';
import { TextField } from '../../ui/TextField';
import { useToast } from '../../ui/Toasts';
import { AttributeRows } from '../AttributeRows';
import { fromRows, toRows } from '../pairs';
import { UserActions } from './UserActions';

interface UserDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

function UserForm({ user, principal, onClose }: UserDialogProps & { readonly principal: Principal }) {
  const queries = useQueryClient();
  const toast = useToast();
  const roles = useRoleNames(principal);
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState(user.role);
  const [rows, setRows] = useState(() => toRows(user.attributes));
  const saving = useMutation({
    mutationFn: (change: UserChange) => changeUser(user.id, change),
    onSuccess: () => {
      toast({ text: `${user.email} is changed` });
      onClose();
      return queries.invalidateQueries({ queryKey: usersQuery.queryKey });
    },
  });
  const submit = (): void => {
    const attributes = fromRows(rows);
    saving.mutate({
      ...(name.trim() === user.name ? {} : { name: name.trim() }),
      ...(role === user.role ? {} : { role }),
      ...(JSON.stringify(attributes) === JSON.stringify(user.attributes) ? {} : { attributes }),
    });
  };
  return (
    <DialogForm verb="Save" pending={saving.isPending} error={saving.error} onSubmit={submit} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} />
      <RoleField value={role} roles={[...new Set([user.role, ...roles])]} onChange={setRole} />
      <AttributeRows rows={rows} onChange={setRows} />
    </DialogForm>
  );
}

/** One account: what it may do, its password link, and its end. */
export function UserDialog({ user, onClose }: UserDialogProps) {
  const { data: principal } = useQuery(sessionQuery);
  if (!principal) return null;
  return (
    <Modal opened onClose={onClose} title={user.email} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <UserForm user={user} principal={principal} onClose={onClose} />
      {user.id === principal.id ? null : <UserActions user={user} onClose={onClose} />}
    </Modal>
  );
}
