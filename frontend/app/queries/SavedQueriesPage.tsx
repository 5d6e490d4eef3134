import { useQuery } from '@tanstack/react-query';
import { savedQueriesQuery } from '../api/saved';
import { PageBar } from '../shell/PageBar';
import { Failure } from '../ui/Failure';
import { Message } from '../ui/Message';
import { Panels } from '../ui/Panel';
import { TablePlaceholder } from '../ui/SimpleTable';
import { SavedQueryPanel } from './SavedQueryPanel';

/** Queries that were saved under a name, to look at and to run. */
export function SavedQueriesPage() {
  const saved = useQuery(savedQueriesQuery);
  return (
    <>
      <title>Saved queries · Nowboard</title>
      <PageBar title="Saved queries" />
      {saved.data?.length === 0 ? (
        <Message icon="empty" title="No saved queries yet" size="large">
          A query that several widgets share is saved once, over the API or with <code>nowboard apply</code>.
        </Message>
      ) : null}
      <Panels>
        {saved.isPending ? <TablePlaceholder rows={4} /> : null}
        {saved.isError ? (
          <Failure error={saved.error} title="The saved queries could not be loaded" retry={() => saved.refetch()} />
        ) : null}
        {(saved.data ?? []).map((query) => (
          <SavedQueryPanel key={query.id} query={query} />
        ))}
      </Panels>
    </>
  );
}
