import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Role, rolesQuery } from '../../api/roles';
import { Failure } from '../../ui/Failure';
import { Mark } from '../../ui/Mark';
import { Panel, Panels } from '../../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../../ui/SimpleTable';
import { AdminPage } from '../AdminBar';
import { RoleDialog } from './RoleDialog';
import { scopeWords } from './scope';

const usesOf = ({ uses }: Role): string => {
  const count = Object.values(uses).reduce((sum, each) => sum + each.length, 0);
  return count === 0 ? 'Nobody' : String(count);
};

const columnsOf = (open: (role: Role) => void): readonly TableColumn<Role>[] => [
  {
    head: 'Name',
    cell: ({ name, builtin }) => (
      <>
        {name} {builtin ? null : <Mark>Own</Mark>}
      </>
    ),
  },
  { head: 'Permissions', wide: true, cell: ({ permissions }) => permissions.join(', ') || 'None' },
  { head: 'Sees', cell: ({ scope }) => scopeWords(scope) },
  { head: 'Had by', cell: usesOf },
  {
    head: 'Actions',
    actions: true,
    cell: (role) => (
      <Button size="compact-sm" variant="default" onClick={() => open(role)}>
        {role.builtin ? 'Narrow' : 'Change'}
      </Button>
    ),
  },
];

/** The roles of an organisation. */
export function RolesPage() {
  const [shown, setShown] = useState<Role | 'new' | null>(null);
  return (
    <AdminPage path="/admin/roles" actions={<Button onClick={() => setShown('new')}>New role</Button>}>
      <Panels wide>
        <Panel
          title="Roles"
          lead="What people and tokens may do, and which rows they see. A change holds within a second."
        >
          <Roles onOpen={setShown} />
        </Panel>
      </Panels>
      {shown === null ? null : <RoleDialog role={shown === 'new' ? null : shown} onClose={() => setShown(null)} />}
    </AdminPage>
  );
}

function Roles({ onOpen }: { readonly onOpen: (role: Role) => void }) {
  const roles = useQuery(rolesQuery);
  if (roles.isPending) return <TablePlaceholder rows={6} />;
  if (roles.isError)
    return <Failure error={roles.error} title="The roles could not be loaded" retry={() => roles.refetch()} />;
  return <SimpleTable label="Roles" columns={columnsOf(onOpen)} items={roles.data} keyOf={({ name }) => name} />;
}
