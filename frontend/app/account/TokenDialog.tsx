import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Principal } from '../api/sessions';
import { createToken, tokensQuery } from '../api/tokens';
import { Expiry, expiresAt } from '../ui/Expiry';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
import { Secret } from '../ui/Secret';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
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
    <form onSubmit={submit} className={forms.form}>
      <TextInput
        label="Name"
        description="Says later what uses it."
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="Role"
        value={role}
        data={[...roles]}
        onChange={(event) => setRole(event.currentTarget.value)}
      />
      <Expiry value={days} onChange={setDays} />
      <Problem error={making.error} />
      <div className={forms.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={making.isPending}>
          Make the token
        </Button>
      </div>
    </form>
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
