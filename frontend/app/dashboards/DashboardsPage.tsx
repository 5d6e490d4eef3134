import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { dashboardsQuery } from '../api/dashboards';
import { PageBar } from '../shell/PageBar';
import { Failure } from '../ui/Failure';
import { Icon } from '../ui/Icon';
import { Message } from '../ui/Message';
import { DashboardCard } from './DashboardCard';
import styles from './DashboardsPage.module.css';
import { searchDashboards, tagsOf } from './search';
import { TagList } from './TagList';

const PLACEHOLDERS = [1, 2, 3];

function NoDashboards() {
  return (
    <Message icon="empty" title="No dashboards yet" size="large">
      <p>
        A dashboard is a file. Write one and apply it with <code>nowboard apply board.yaml</code>, or start{' '}
        <code>nowboard demo</code> to see two with real data.
      </p>
    </Message>
  );
}

/** Every dashboard that the viewer may open. */
export function DashboardsPage() {
  const dashboards = useQuery(dashboardsQuery);
  const [text, setText] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const all = dashboards.data ?? [];
  const found = searchDashboards(all, text, tag);

  return (
    <>
      <title>Dashboards · Nowboard</title>
      <PageBar title="Dashboards" />
      <div className={styles.root}>
        {dashboards.isError ? (
          <Failure
            error={dashboards.error}
            title="The dashboards could not be loaded"
            retry={() => dashboards.refetch()}
          />
        ) : null}
        {dashboards.isSuccess && all.length === 0 ? <NoDashboards /> : null}
        {all.length > 0 ? (
          <div className={styles.tools}>
            <TextInput
              type="search"
              aria-label="Search dashboards"
              placeholder="Search"
              leftSection={<Icon name="search" size={16} />}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              className={styles.search}
            />
            <TagList tags={tagsOf(all)} chosen={tag} onChoose={setTag} />
          </div>
        ) : null}
        <ul className={styles.list} aria-busy={dashboards.isPending}>
          {dashboards.isPending ? PLACEHOLDERS.map((each) => <li key={each} className={styles.placeholder} />) : null}
          {found.map((dashboard) => (
            <DashboardCard key={dashboard.id} dashboard={dashboard} />
          ))}
        </ul>
        {all.length > 0 && found.length === 0 ? (
          <Message icon="search" title="Nothing matches">
            Try fewer words, or another tag.
          </Message>
        ) : null}
      </div>
    </>
  );
}
