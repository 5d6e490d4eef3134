import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRoleNames } from '../account/useRoleNames';
import { type Principal, sessionQuery, useMay } from '../api/sessions';
import type { Share, ShareLevel } from '../api/shares';
import { type User, usersQuery } from '../api/users';
import forms from '../ui/Form.module.css';
import { Mark } from '../ui/Mark';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import styles from './Sharing.module.css';
import { useShares } from './useShares';

const LEVELS = [
  { value: 'view', label: 'May view' },
  { value: 'edit', label: 'May edit' },
];

const nameOf = ({ kind, subject }: Share, users: readonly User[]): string => {
  if (kind === 'role') return `Everyone with the role ${subject}`;
  const user = users.find(({ id }) => id === subject);
  return user ? user.name || user.email : (subject ?? '');
};

interface AddFormProps {
  readonly principal: Principal;
  readonly users: readonly User[];
  readonly pending: boolean;
  readonly onAdd: (kind: 'user' | 'role', subject: string, level: ShareLevel) => void;
}

/** Roles for all; people by name for those who may list them. */
function AddForm({ principal, users, pending, onAdd }: AddFormProps) {
  const roles = useRoleNames(principal);
  const [subject, setSubject] = useState('');
  const [level, setLevel] = useState('view');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [kind = '', ...rest] = subject.split(':');
    if (kind === 'user' || kind === 'role') onAdd(kind, rest.join(':'), level === 'edit' ? 'edit' : 'view');
    setSubject('');
  };
  const people = users
    .filter(({ id, disabled }) => id !== principal.id && !disabled)
    .map(({ id, name, email }) => ({ value: `user:${id}`, label: name ? `${name}, ${email}` : email }));
  const data = [
    { value: '', label: people.length > 0 ? 'Choose a person or a role' : 'Choose a role' },
    ...(people.length > 0 ? [{ group: 'People', items: people }] : []),
    {
      group: 'Roles',
      items: roles.map((role) => ({ value: `role:${role}`, label: `Everyone with the role ${role}` })),
    },
  ];
  return (
    <form onSubmit={submit} className={forms.row}>
      <NativeSelect
        aria-label="Person or role"
        data={data}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Level"
        data={LEVELS}
        value={level}
        onChange={(event) => setLevel(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={subject === ''} loading={pending}>
        Add
      </Button>
    </form>
  );
}

/** People and roles that a dashboard is shared with. */
export function PeopleShares({ dashboard }: { readonly dashboard: string }) {
  const { shares, creating, ending } = useShares(dashboard);
  const may = useMay();
  const { data: principal } = useQuery(sessionQuery);
  const users = useQuery({ ...usersQuery, enabled: may('users') });
  const shown = (shares.data ?? []).filter(({ kind }) => kind !== 'link');
  return (
    <section className={styles.part} aria-label="People and roles">
      <h3>People and roles</h3>
      {shares.isPending ? <TablePlaceholder rows={1} /> : null}
      <Problem error={shares.error ?? creating.error ?? ending.error} />
      {shown.length > 0 ? (
        <ul className={styles.list}>
          {shown.map((share) => (
            <li key={share.id} className={styles.share}>
              <span>{nameOf(share, users.data ?? [])}</span>
              <Mark>{share.level === 'edit' ? 'May edit' : 'May view'}</Mark>
              <Button size="compact-sm" variant="default" onClick={() => ending.mutate(share.id)}>
                End
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {principal ? (
        <AddForm
          principal={principal}
          users={users.data ?? []}
          pending={creating.isPending}
          onAdd={(kind, subject, level) => creating.mutate({ kind, subject, level })}
        />
      ) : null}
    </section>
  );
}
