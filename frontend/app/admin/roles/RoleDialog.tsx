import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { putRole, type Role, removeRole, rolesQuery } from '../../api/roles';
import { DialogForm } from '../../ui/DialogForm';
import { TextField } from '../../ui/TextField';
import { useToast } from '../../ui/Toasts';
import { PermissionFields } from './PermissionFields';
import { ScopeFields } from './ScopeFields';
import { draftOf, scopeOf } from './scope';

interface RoleDialogProps {
  /** Null: a new one. */
  readonly role: Role | null;
  readonly onClose: () => void;
}

function RoleForm({ role, onClose }: RoleDialogProps) {
  const queries = useQueryClient();
  const toast = useToast();
  const builtin = role?.builtin ?? false;
  const [name, setName] = useState(role?.name ?? '');
  const [permissions, setPermissions] = useState<readonly string[]>(role?.permissions ?? ['read']);
  const [draft, setDraft] = useState(() => draftOf(role?.scope ?? { everything: true }));
  const [rate, setRate] = useState(role?.requests_per_minute?.toString() ?? '');
  const done = (text: string) => {
    toast({ text });
    onClose();
    return queries.invalidateQueries({ queryKey: rolesQuery.queryKey });
  };
  const saving = useMutation({
    mutationFn: () =>
      putRole(name.trim(), {
        ...(builtin ? {} : { permissions }),
        scope: scopeOf(draft, role?.scope ?? {}),
        requests_per_minute: rate.trim() === '' ? null : Number(rate),
      }),
    onSuccess: () => done(`The role ${name.trim()} is saved`),
  });
  const removing = useMutation({
    mutationFn: () => removeRole(name),
    onSuccess: () => done(builtin ? `The role ${name} is as it was` : `The role ${name} is removed`),
  });
  return (
    <DialogForm
      verb="Save"
      pending={saving.isPending}
      error={saving.error ?? removing.error}
      extra={
        role ? (
          <Button variant="subtle" color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
            {builtin ? 'Take back what was narrowed' : 'Remove the role'}
          </Button>
        ) : null
      }
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      <TextField label="Name" required disabled={role !== null} value={name} onChange={setName} />
      <PermissionFields chosen={permissions} fixed={builtin} onChange={setPermissions} />
      <ScopeFields draft={draft} onChange={setDraft} />
      <TextField
        label="Requests a minute"
        description="Of each person or token; empty for as many as everybody."
        inputMode="numeric"
        pattern="[0-9]*"
        value={rate}
        onChange={setRate}
      />
    </DialogForm>
  );
}

/** A role: what it allows and which rows it sees. One that somebody has is not removed; the server says who. */
export function RoleDialog({ role, onClose }: RoleDialogProps) {
  const title = role ? `Role ${role.name}` : 'New role';
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <RoleForm role={role} onClose={onClose} />
    </Modal>
  );
}
