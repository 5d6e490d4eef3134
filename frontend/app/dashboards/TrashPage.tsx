import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DashboardSummary } from '../../core/types';
import { trashQuery } from '../api/dashboards';
import { removeForever } from '../api/versions';
import { useDocumentActions, useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { PageBar } from '../shell/PageBar';
import { Confirm } from '../ui/Confirm';
import { Failure } from '../ui/Failure';
import { Message } from '../ui/Message';
import { Panel, Panels } from '../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../ui/SimpleTable';
import { useNow } from '../ui/useNow';
import { ago } from '../ui/when';

const MINUTE_MS = 60_000;

type Act = (dashboard: DashboardSummary) => void;

const columnsOf = (now: number, takeBack: Act, remove: Act): readonly TableColumn<DashboardSummary>[] => [
  { head: 'Dashboard', wide: true, cell: ({ title }) => title },
  { head: 'Put here', cell: ({ deleted_at }) => (deleted_at == null ? '' : ago(deleted_at, now)) },
  {
    head: 'Actions',
    actions: true,
    cell: (dashboard) =>
      dashboard.level === 'own' ? (
        <>
          <Button size="compact-sm" variant="default" mr={8} onClick={() => takeBack(dashboard)}>
            Restore
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => remove(dashboard)}>
            Remove for good
          </Button>
        </>
      ) : null,
  },
];

function Trashed() {
  const trashed = useQuery(trashQuery);
  const actions = useDocumentActions();
  const refresh = useRefreshLists();
  const now = useNow(MINUTE_MS);
  const [leaving, setLeaving] = useState<DashboardSummary | null>(null);
  const removing = useMutation({
    mutationFn: ({ id }: DashboardSummary) => removeForever(id),
    onSuccess: () => {
      setLeaving(null);
      return refresh();
    },
  });
  if (trashed.isPending) return <TablePlaceholder />;
  if (trashed.isError)
    return <Failure error={trashed.error} title="The trash could not be loaded" retry={() => trashed.refetch()} />;
  if (trashed.data.length === 0) return <Message icon="empty" title="The trash is empty" />;
  return (
    <>
      <SimpleTable
        label="Trash"
        columns={columnsOf(now, actions.takeBack, setLeaving)}
        items={trashed.data}
        keyOf={({ id }) => id}
      />
      <Confirm
        opened={leaving !== null}
        title={`Remove “${leaving?.title ?? ''}” for good`}
        verb="Remove for good"
        pending={removing.isPending}
        error={removing.error}
        onConfirm={() => (leaving ? removing.mutate(leaving) : undefined)}
        onClose={() => setLeaving(null)}
      >
        The dashboard goes with all its versions and shares. This cannot be undone.
      </Confirm>
    </>
  );
}

/** Dashboards that were put aside; they come back as they were. */
export function TrashPage() {
  return (
    <>
      <title>Trash · Nowboard</title>
      <PageBar title="Trash" />
      <Panels>
        <Panel
          title="Dashboards in the trash"
          lead="Nobody sees them, and their links do not work, until they are restored."
        >
          <Trashed />
        </Panel>
      </Panels>
    </>
  );
}
