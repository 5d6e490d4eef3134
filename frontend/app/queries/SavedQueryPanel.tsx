import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Row, Value } from '../../core/types';
import { runSaved, type SavedQuery } from '../api/saved';
import { readValue } from '../dashboard/view';
import forms from '../ui/Form.module.css';
import { Panel } from '../ui/Panel';
import { Problem } from '../ui/Problem';
import { SimpleTable } from '../ui/SimpleTable';

const MOST_ROWS = 200;

const textOf = (value: Value | undefined): string => (value === null || value === undefined ? '—' : String(value));

interface Numbered {
  readonly place: number;
  readonly row: Row;
}

/** One saved query with its parameters and, once it ran, its rows. */
export function SavedQueryPanel({ query }: { readonly query: SavedQuery }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const running = useMutation({
    mutationFn: () => {
      const given = Object.entries(values).filter(([, text]) => text !== '');
      return runSaved(query.id, Object.fromEntries(given.map(([name, text]) => [name, readValue(text)])));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    running.mutate();
  };
  const rows: readonly Numbered[] = (running.data?.rows ?? [])
    .slice(0, MOST_ROWS)
    .map((row, place) => ({ row, place }));
  const total = running.data?.rows.length ?? 0;
  return (
    <Panel title={query.title} lead={query.description ?? undefined}>
      <form onSubmit={submit} className={forms.row}>
        {query.parameters.map((name) => (
          <TextInput
            key={name}
            label={name}
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <div>
          <Button type="submit" variant="default" loading={running.isPending}>
            Run
          </Button>
        </div>
      </form>
      <Problem error={running.error} />
      {running.data ? (
        <>
          <SimpleTable
            label={`Rows of ${query.title}`}
            columns={running.data.columns.map(({ name }, index) => ({
              head: name,
              cell: ({ row }: Numbered) => textOf(row[index]),
            }))}
            items={rows}
            keyOf={({ place }) => String(place)}
          />
          <span className={forms.hint}>
            {total > MOST_ROWS ? `The first ${MOST_ROWS} of ${total} rows` : `${total} rows`}
          </span>
        </>
      ) : null}
    </Panel>
  );
}
