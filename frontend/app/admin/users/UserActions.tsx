import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeUser, createLink, removeUser, type User, usersQuery } from '../../api/users';
import forms from '../../ui/Form.module.css';
import { Problem } from '../../ui/Problem';
import { LinkShown } from './LinkShown';
import styles from './Users.module.css';

interface UserActionsProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** What is done to an account as a whole. */
export function UserActions({ user, onClose }: UserActionsProps) {
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const purpose = user.has_password ? 'reset' : 'invite';
  const refresh = () => queries.invalidateQueries({ queryKey: usersQuery.queryKey });
  const linking = useMutation({ mutationFn: () => createLink(user.id, purpose) });
  const disabling = useMutation({
    mutationFn: () => changeUser(user.id, { disabled: !user.disabled }),
    onSuccess: refresh,
  });
  const removing = useMutation({
    mutationFn: () => removeUser(user.id),
    onSuccess: () => {
      onClose();
      return refresh();
    },
  });
  return (
    <div className={styles.actions}>
      {linking.data ? <LinkShown made={linking.data} purpose={purpose} onClose={onClose} /> : null}
      <Problem error={linking.error ?? disabling.error ?? removing.error} />
      <div className={`${forms.buttons} ${forms.start}`}>
        {user.disabled || linking.data ? null : (
          <Button variant="default" loading={linking.isPending} onClick={() => linking.mutate()}>
            {purpose === 'reset' ? 'Make a reset link' : 'Make a new invitation'}
          </Button>
        )}
        <Button variant="default" loading={disabling.isPending} onClick={() => disabling.mutate()}>
          {user.disabled ? 'Enable' : 'Disable'}
        </Button>
        {sure ? (
          <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
            Remove for good
          </Button>
        ) : (
          <Button variant="subtle" color="red" onClick={() => setSure(true)}>
            Remove
          </Button>
        )}
      </div>
      <p className={forms.hint}>
        Disabling ends every session and token within seconds and can be undone. What a removed person made stays.
      </p>
    </div>
  );
}
