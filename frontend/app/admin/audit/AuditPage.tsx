import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditSearch, auditQuery } from '../../api/audit';
import { Failure } from '../../ui/Failure';
import { Mark } from '../../ui/Mark';
import { Message } from '../../ui/Message';
import { Panel, Panels } from '../../ui/Panel';
import { SimpleTable, type TableColumn, TablePlaceholder } from '../../ui/SimpleTable';
import { instant } from '../../ui/when';
import { AdminPage } from '../AdminBar';
import styles from './Audit.module.css';
import { AuditFilters } from './AuditFilters';
import { actionWords, detailWords, outcomeWords } from './words';

const EVERYTHING: AuditSearch = { action: '', principal: '', object: '', outcome: '', from: null };
const TYPING_MS = 300;

const COLUMNS: readonly TableColumn<AuditEntry>[] = [
  { head: 'When', cell: ({ at }) => <time dateTime={new Date(at).toISOString()}>{instant(at)}</time> },
  { head: 'Who', cell: ({ principal }) => <span title={principal.id}>{principal.name || principal.id}</span> },
  {
    head: 'What',
    wide: true,
    cell: (entry) => (
      <span className={styles.action} title={entry.action}>
        {actionWords(entry)}
        <span className={styles.detail}>{detailWords(entry.detail)}</span>
      </span>
    ),
  },
  {
    head: 'Outcome',
    cell: ({ outcome }) =>
      outcome === 'done' ? outcomeWords(outcome) : <Mark tone="bad">{outcomeWords(outcome)}</Mark>,
  },
  { head: 'From', cell: ({ address }) => address ?? 'The server' },
];

function Entries({ search }: { readonly search: AuditSearch }) {
  const found = useInfiniteQuery({ ...auditQuery(search), placeholderData: keepPreviousData });
  if (found.isPending) return <TablePlaceholder rows={8} />;
  if (found.isError)
    return <Failure error={found.error} title="The log could not be loaded" retry={() => found.refetch()} />;
  const entries = found.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) return <Message icon="search" title="Nothing in the log matches" />;
  return (
    <>
      <SimpleTable label="Audit log" columns={COLUMNS} items={entries} keyOf={({ number }) => String(number)} />
      {found.hasNextPage ? (
        <div className={styles.more}>
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** What was done, by whom, and what was refused; the newest first. */
export function AuditPage() {
  const [search, setSearch] = useState(EVERYTHING);
  const [settled] = useDebouncedValue(search, TYPING_MS);
  return (
    <AdminPage path="/admin/audit">
      <Panels wide>
        <Panel title="Audit log" lead="Every change of access and documents, every export, sign-in and refusal.">
          <AuditFilters search={search} onChange={setSearch} />
          <Entries search={settled} />
        </Panel>
      </Panels>
    </AdminPage>
  );
}
