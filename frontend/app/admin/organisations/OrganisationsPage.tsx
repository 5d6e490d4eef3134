import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { HOME, type Organisation, organisationsQuery } from '../../api/roles';
import { Failure } from '../../ui/Failure';
import { Mark } from '../../ui/Mark';
import { Panel, Panels } from '../../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../../ui/SimpleTable';
import { date } from '../../ui/when';
import { AdminPage } from '../AdminBar';
import { scopeWords } from '../roles/scope';
import { OrganisationDialog } from './OrganisationDialog';

const columnsOf = (open: (organisation: Organisation) => void): readonly TableColumn<Organisation>[] => [
  {
    head: 'Name',
    wide: true,
    cell: ({ name, disabled }) => (
      <>
        {name} {disabled ? <Mark tone="bad">Closed</Mark> : null}
      </>
    ),
  },
  { head: 'Id', cell: ({ id }) => <code>{id}</code> },
  { head: 'Sees', cell: ({ scope }) => scopeWords(scope) },
  { head: 'Founded', cell: ({ created_at }) => (created_at === 0 ? 'From the start' : date(created_at)) },
  {
    head: 'Actions',
    actions: true,
    cell: (organisation) =>
      organisation.id === HOME ? null : (
        <Button size="compact-sm" variant="default" onClick={() => open(organisation)}>
          Manage
        </Button>
      ),
  },
];

function Organisations({ onOpen }: { readonly onOpen: (organisation: Organisation) => void }) {
  const all = useQuery(organisationsQuery);
  if (all.isPending) return <TablePlaceholder />;
  if (all.isError)
    return <Failure error={all.error} title="The organisations could not be loaded" retry={() => all.refetch()} />;
  return <SimpleTable label="Organisations" columns={columnsOf(onOpen)} items={all.data} keyOf={({ id }) => id} />;
}

/** The tenants of this server, for administrators of the first one. */
export function OrganisationsPage() {
  const [shown, setShown] = useState<Organisation | 'new' | null>(null);
  return (
    <AdminPage path="/admin/organisations" actions={<Button onClick={() => setShown('new')}>New organisation</Button>}>
      <Panels wide>
        <Panel
          title="Organisations"
          lead="Each has users, roles and dashboards of its own, and sees of the shared streams what you name here."
        >
          <Organisations onOpen={setShown} />
        </Panel>
      </Panels>
      {shown === null ? null : (
        <OrganisationDialog organisation={shown === 'new' ? null : shown} onClose={() => setShown(null)} />
      )}
    </AdminPage>
  );
}
