import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type User, usersQuery } from '../../api/users';
import { Failure } from '../../ui/Failure';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';
import { Message } from '../../ui/Message';
import { Panel, Panels } from '../../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../../ui/SimpleTable';
import { useNow } from '../../ui/useNow';
import { ago } from '../../ui/when';
import { AdminPage } from '../AdminBar';
import { InviteDialog } from './InviteDialog';
import { UserDialog } from './UserDialog';

const MINUTE_MS = 60_000;

function State({ user, now }: { readonly user: User; readonly now: number }) {
  if (user.disabled) return <Mark tone="bad">Disabled</Mark>;
  if (user.last_sign_in_at !== null) return ago(user.last_sign_in_at, now);
  return user.has_password ? 'Never' : <Mark tone="warn">Invited</Mark>;
}

const columnsOf = (now: number, open: (user: User) => void): readonly TableColumn<User>[] => [
  { head: 'Name', cell: ({ name, email }) => name || email },
  { head: 'Email', wide: true, cell: ({ email }) => email },
  { head: 'Role', cell: ({ role }) => role },
  { head: 'Last sign-in', cell: (user) => <State user={user} now={now} /> },
  {
    head: 'Actions',
    actions: true,
    cell: (user) => (
      <Button size="compact-sm" variant="default" onClick={() => open(user)}>
        Manage
      </Button>
    ),
  },
];

const matches = (user: User, text: string): boolean =>
  `${user.name} ${user.email} ${user.role}`.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase());

function Users({ onInvite }: { readonly onInvite: () => void }) {
  const users = useQuery(usersQuery);
  const now = useNow(MINUTE_MS);
  const [text, setText] = useState('');
  const [managed, setManaged] = useState<string | null>(null);
  const found = (users.data ?? []).filter((user) => matches(user, text));
  const chosen = users.data?.find(({ id }) => id === managed);
  if (users.isPending) return <TablePlaceholder rows={4} />;
  if (users.isError)
    return <Failure error={users.error} title="The users could not be loaded" retry={() => users.refetch()} />;
  if (users.data.length === 0) {
    return (
      <Message icon="user" title="No accounts yet" action={<Button onClick={onInvite}>Invite somebody</Button>}>
        People join by an invitation that you hand them.
      </Message>
    );
  }
  return (
    <>
      <TextInput
        type="search"
        aria-label="Search users"
        placeholder="Search"
        leftSection={<Icon name="search" size={16} />}
        value={text}
        maw={320}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <SimpleTable
        label="Users"
        columns={columnsOf(now, ({ id }) => setManaged(id))}
        items={found}
        keyOf={({ id }) => id}
      />
      {found.length === 0 ? <Message icon="search" title="No user matches" /> : null}
      {chosen ? <UserDialog user={chosen} onClose={() => setManaged(null)} /> : null}
    </>
  );
}

/** The people of an organisation. */
export function UsersPage() {
  const [inviting, { open, close }] = useDisclosure(false);
  return (
    <AdminPage path="/admin/users" actions={<Button onClick={open}>Invite</Button>}>
      <Panels wide>
        <Panel title="People" lead="What each may do hangs on the role; which rows they see, on role and attributes.">
          <Users onInvite={open} />
        </Panel>
      </Panels>
      {inviting ? <InviteDialog onClose={close} /> : null}
    </AdminPage>
  );
}
