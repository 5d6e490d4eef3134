import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Principal } from '../api/sessions';
import { createToken, tokensQuery } from '../api/tokens';
import { DialogForm } from '../ui/DialogForm';
import { Expiry, expiresAt } from '../ui/Expiry';
import forms from '../ui/Form.module.css';
import { RoleField } from '../ui/RoleField';
import { Secret } from '../ui/Secret';
import { TextField } from '../ui/TextField';
import { useRoleNames } from './useRoleNames';

interface TokenDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly principal: Principal;
}

function TokenForm({ principal, onClose }: Omit<TokenDialogProps, 'opened'>) {
  const queries = useQueryClient();
  const roles = useRoleNames(principal);
  const [name, setName] = useState('');
  const [role, setRole] = useState(principal.role);
  const [days, setDays] = useState('90');
  const making = useMutation({
    mutationFn: createToken,
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const submit = (): void => {
    making.mutate({ name: name.trim(), role, ...expiresAt(days) });
  };
  if (making.data) {
    return (
      <div className={forms.form}>
        <Secret
          label="The new token"
          value={making.data.secret}
          note="Shown this once. Keep it where secrets are kept."
        />
        <div className={forms.buttons}>
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    );
  }
  return (
    <DialogForm
      verb="Make the token"
      pending={making.isPending}
      error={making.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        description="Says later what uses it."
        required
        data-autofocus
        value={name}
        onChange={setName}
      />
      <RoleField value={role} roles={roles} onChange={setRole} />
      <Expiry value={days} onChange={setDays} />
    </DialogForm>
  );
}

/** Makes an API token, and shows its secret this once. */
export function TokenDialog({ opened, onClose, principal }: TokenDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New API token" closeButtonProps={{ 'aria-label': 'Close' }}>
      <TokenForm principal={principal} onClose={onClose} />
    </Modal>
  );
}
