import { Drawer } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { dashboardQuery } from '../api/dashboards';
import { useMay } from '../api/sessions';
import { usersQuery } from '../api/users';
import { readDraft, rollBack, versionsQuery } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { Failure } from '../ui/Failure';
import { Message } from '../ui/Message';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import { useToast } from '../ui/Toasts';
import { VersionItem } from './VersionItem';
import styles from './Versions.module.css';

/** People by name, for those who may list them; everybody else sees ids. */
function useNames(): (id: string) => string {
  const may = useMay();
  const users = useQuery({ ...usersQuery, enabled: may('users') });
  return (id) => users.data?.find((user) => user.id === id)?.name ?? (id === 'owner' ? 'the owner of the server' : id);
}

/** What was published, the newest first; any of it can be published again. */
export function VersionsDrawer({ dashboard, onClose }: OwnerDialogProps) {
  const { id } = dashboard;
  const queries = useQueryClient();
  const toast = useToast();
  const refresh = useRefreshLists();
  const nameOf = useNames();
  const versions = useQuery(versionsQuery(id));
  const shown = useQuery({ ...dashboardQuery(id), enabled: dashboard.published !== null });
  const restoring = useMutation({
    mutationFn: async (number: number) => rollBack(id, number, (await readDraft(id)).etag),
    onSuccess: async ({ number, restores }) => {
      await Promise.all([queries.invalidateQueries({ queryKey: versionsQuery(id).queryKey }), refresh()]);
      toast({ text: `Version ${restores ?? ''} is published again, as version ${number}` });
    },
  });
  const titles = new Map((shown.data?.document.widgets ?? []).map((widget) => [widget.id, widget.title || widget.id]));
  const current = versions.data?.find((version) => version.current)?.number ?? null;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={`Versions of ${dashboard.title}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Problem error={restoring.error} />
      {versions.isPending ? <TablePlaceholder rows={5} /> : null}
      {versions.isError ? (
        <Failure error={versions.error} title="The versions could not be loaded" retry={() => versions.refetch()} />
      ) : null}
      {versions.data?.length === 0 ? (
        <Message icon="clock" title="Nothing was published yet">
          Publish the draft, and others see it.
        </Message>
      ) : null}
      <ul className={styles.list}>
        {(versions.data ?? []).map((version) => (
          <VersionItem
            key={version.number}
            id={id}
            version={version}
            current={current}
            titles={titles}
            who={nameOf(version.created_by)}
            restoring={restoring.isPending && restoring.variables === version.number}
            onRestore={() => restoring.mutate(version.number)}
          />
        ))}
      </ul>
    </Drawer>
  );
}
