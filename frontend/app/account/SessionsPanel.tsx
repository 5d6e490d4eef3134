import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endSession, type OwnSession, ownSessionsQuery } from '../api/sessions';
import { Failure } from '../ui/Failure';
import { Mark } from '../ui/Mark';
import { Panel } from '../ui/Panel';
import { Problem } from '../ui/Problem';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../ui/SimpleTable';
import { useNow } from '../ui/useNow';
import { ago, instant } from '../ui/when';
import { agentWords } from './agent';

const MINUTE_MS = 60_000;

const columnsOf = (now: number, end: (id: string) => void): readonly TableColumn<OwnSession>[] => [
  { head: 'Browser', wide: true, cell: ({ agent }) => <span title={agent ?? undefined}>{agentWords(agent)}</span> },
  { head: 'Address', cell: ({ address }) => address ?? 'Unknown' },
  {
    head: 'Last seen',
    cell: ({ current, last_seen_at, created_at }) =>
      current ? <Mark tone="good">This one</Mark> : ago(last_seen_at ?? created_at, now),
  },
  { head: 'Ends', cell: ({ expires_at }) => instant(expires_at) },
  {
    head: 'Actions',
    actions: true,
    cell: ({ id, current }) =>
      current ? null : (
        <Button size="compact-sm" variant="default" onClick={() => end(id)}>
          Sign out
        </Button>
      ),
  },
];

/** Where one is signed in. */
export function SessionsPanel() {
  const queries = useQueryClient();
  const sessions = useQuery(ownSessionsQuery);
  const now = useNow(MINUTE_MS);
  const ending = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await endSession(id);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  });
  const others = (sessions.data ?? []).filter(({ current }) => !current).map(({ id }) => id);
  return (
    <Panel
      title="Where you are signed in"
      lead="End what you do not recognise, then change your password."
      action={
        others.length > 0 ? (
          <Button size="compact-md" variant="default" loading={ending.isPending} onClick={() => ending.mutate(others)}>
            Sign out everywhere else
          </Button>
        ) : null
      }
    >
      <Problem error={ending.error} />
      {sessions.isPending ? <TablePlaceholder rows={2} /> : null}
      {sessions.isError ? (
        <Failure error={sessions.error} title="The sessions could not be loaded" retry={() => sessions.refetch()} />
      ) : null}
      {sessions.data ? (
        <SimpleTable
          label="Sessions"
          columns={columnsOf(now, (id) => ending.mutate([id]))}
          items={sessions.data}
          keyOf={({ id }) => id}
        />
      ) : null}
    </Panel>
  );
}
