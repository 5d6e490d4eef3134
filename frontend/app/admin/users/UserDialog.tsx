import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRoleNames } from '../../account/useRoleNames';
import { type Principal, sessionQuery } from '../../api/sessions';
import { changeUser, type User, type UserChange, usersQuery } from '../../api/users';
import forms from '../../ui/Form.module.css';
import { Problem } from '../../ui/Problem';
import { useToast } from '../../ui/Toasts';
import { fromRows, toRows } from '../pairs';
import { Rows } from '../Rows';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const attributes = fromRows(rows);
    saving.mutate({
      ...(name.trim() === user.name ? {} : { name: name.trim() }),
      ...(role === user.role ? {} : { role }),
      ...(JSON.stringify(attributes) === JSON.stringify(user.attributes) ? {} : { attributes }),
    });
  };
  return (
    <form onSubmit={submit} className={forms.form}>
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <NativeSelect
        label="Role"
        value={role}
        data={[...new Set([user.role, ...roles])]}
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
