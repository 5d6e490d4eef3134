import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createEmbedKey, type EmbedKey, embedKeysQuery } from '../api/shares';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
import { Secret } from '../ui/Secret';
import styles from './Sharing.module.css';
import { sitesIn, snippetOf } from './snippet';

const reaches = ({ limits }: EmbedKey, dashboard: string): boolean =>
  limits.dashboards === undefined || limits.dashboards.includes(dashboard);

/** Showing the dashboard in the pages of another site, with tokens that the site signs. */
export function EmbedShare({ dashboard }: { readonly dashboard: string }) {
  const queries = useQueryClient();
  const [sites, setSites] = useState('');
  const keys = useQuery(embedKeysQuery);
  const creating = useMutation({
    mutationFn: () => createEmbedKey(dashboard, dashboard, sitesIn(sites)),
    onSuccess: () => queries.invalidateQueries({ queryKey: embedKeysQuery.queryKey }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  const key = creating.data ?? keys.data?.find((each) => reaches(each, dashboard));
  return (
    <section className={styles.part} aria-label="Other sites">
      <h3>In the pages of another site</h3>
      <p className={styles.quiet}>
        The site’s server signs a token for each visitor with the secret of an embed key, and puts it where TOKEN
        stands.
      </p>
      {creating.data?.secret ? (
        <Secret
          label="Secret of the embed key"
          value={creating.data.secret}
          note="Shown this once. For the site’s server only."
        />
      ) : null}
      {key ? (
        <Secret label="Snippet" value={snippetOf(window.location.origin, key.id)} note={`Embed key ${key.name}`} />
      ) : null}
      <Problem error={keys.error ?? creating.error} />
      {key === undefined && keys.isSuccess ? (
        <form onSubmit={submit} className={forms.row}>
          <TextInput
            label="Sites that may show it"
            placeholder="https://shop.example"
            value={sites}
            onChange={(event) => setSites(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={creating.isPending}>
            Make an embed key
          </Button>
        </form>
      ) : null}
    </section>
  );
}
