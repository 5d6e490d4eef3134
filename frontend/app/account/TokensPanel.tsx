import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Principal } from '../api/sessions';
import { revokeToken, type Token, tokensQuery } from '../api/tokens';
import { Confirm } from '../ui/Confirm';
import { Failure } from '../ui/Failure';
import { Mark } from '../ui/Mark';
import { Message } from '../ui/Message';
import { Panel } from '../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../ui/SimpleTable';
import { useNow } from '../ui/useNow';
import { ago, date } from '../ui/when';
import { TokenDialog } from './TokenDialog';

const MINUTE_MS = 60_000;

const endOf = ({ state, expires_at }: Token) => {
  if (state === 'over') return <Mark tone="warn">Over</Mark>;
  return expires_at === null ? 'Never' : date(expires_at);
};

const columnsOf = (now: number, revoke: (token: Token) => void): readonly TableColumn<Token>[] => [
  { head: 'Name', wide: true, cell: ({ name }) => name },
  { head: 'Role', cell: ({ role }) => role },
  { head: 'Last used', cell: ({ last_used_at }) => (last_used_at === null ? 'Never' : ago(last_used_at, now)) },
  { head: 'Ends', cell: endOf },
  {
    head: 'Actions',
    actions: true,
    cell: (token) => (
      <Button size="compact-sm" variant="default" onClick={() => revoke(token)}>
        Revoke
      </Button>
    ),
  },
];

/** One's own API tokens: made here, shown once, revoked here. */
export function TokensPanel({ principal }: { readonly principal: Principal }) {
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const now = useNow(MINUTE_MS);
  const [making, { open, close }] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const revoking = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => {
      setLeaving(null);
      return queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  const own = (tokens.data ?? []).filter(({ owner, state }) => owner === principal.id && state !== 'revoked');
  return (
    <Panel
      title="API tokens"
      lead="For programs that send or read data in your name. A token can never do more than you can."
      action={
        <Button size="compact-md" variant="default" onClick={open}>
          New token
        </Button>
      }
    >
      {tokens.isPending ? <TablePlaceholder rows={2} /> : null}
      {tokens.isError ? (
        <Failure error={tokens.error} title="The tokens could not be loaded" retry={() => tokens.refetch()} />
      ) : null}
      {tokens.isSuccess && own.length === 0 ? <Message icon="key" title="You have no API tokens" /> : null}
      {own.length > 0 ? (
        <SimpleTable label="API tokens" columns={columnsOf(now, setLeaving)} items={own} keyOf={({ id }) => id} />
      ) : null}
      <TokenDialog opened={making} onClose={close} principal={principal} />
      <Confirm
        opened={leaving !== null}
        title={`Revoke “${leaving?.name ?? ''}”`}
        verb="Revoke"
        pending={revoking.isPending}
        error={revoking.error}
        onConfirm={() => (leaving ? revoking.mutate(leaving.id) : undefined)}
        onClose={() => setLeaving(null)}
      >
        Whatever uses this token stops working within a second.
      </Confirm>
    </Panel>
  );
}
