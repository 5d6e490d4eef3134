import { Button, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { age } from '../../core/times';
import { dashboardsQuery } from '../api/dashboards';
import { useMay } from '../api/sessions';
import { PageBar } from '../shell/PageBar';
import { Failure } from '../ui/Failure';
import { Icon } from '../ui/Icon';
import { Message } from '../ui/Message';
import { useNow } from '../ui/useNow';
import { DashboardCard } from './DashboardCard';
import styles from './DashboardsPage.module.css';
import { NewDashboard } from './NewDashboard';
import { NoDashboards } from './NoDashboards';
import { SortMenu } from './SortMenu';
import { changedAt, type Order, searchDashboards, sortDashboards, tagsOf } from './search';
import { TagList } from './TagList';
import { useOwnerWords } from './useOwnerWords';

const PLACEHOLDERS = [1, 2, 3];
const MINUTE_MS = 60_000;

const changedWords = (milliseconds: number): string =>
  milliseconds < MINUTE_MS ? 'changed just now' : `changed ${age(milliseconds)} ago`;

/** Every dashboard that the viewer may open. */
export function DashboardsPage() {
  const dashboards = useQuery(dashboardsQuery);
  const [text, setText] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const all = dashboards.data ?? [];
  const [order, setOrder] = useLocalStorage<Order>({ key: 'nowboard-dashboards-order', defaultValue: 'title' });
  const clear = (): void => {
    setText('');
    setTag(null);
  };
  const now = useNow(MINUTE_MS);
  const ownerWords = useOwnerWords();
  const may = useMay();
  const found = sortDashboards(searchDashboards(all, text, tag), order);

  return (
    <>
      <title>Dashboards · Nowboard</title>
      <PageBar
        title="Dashboards"
        actions={
          may('edit') ? (
            <>
              <Button component={Link} href="/trash" variant="subtle" color="gray" size="compact-md">
                Trash
              </Button>
              <NewDashboard />
            </>
          ) : null
        }
      />
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
            <div className={styles.order}>
              <SortMenu order={order} onChoose={setOrder} />
            </div>
          </div>
        ) : null}
        <ul className={styles.list} aria-busy={dashboards.isPending}>
          {dashboards.isPending ? PLACEHOLDERS.map((each) => <li key={each} className={styles.placeholder} />) : null}
          {found.map((dashboard) => (
            <DashboardCard
              key={dashboard.id}
              dashboard={dashboard}
              changed={changedWords(now - changedAt(dashboard))}
              owner={ownerWords(dashboard)}
            />
          ))}
        </ul>
        {all.length > 0 && found.length === 0 ? (
          <Message
            icon="search"
            title="No dashboard matches"
            size="large"
            action={
              <Button variant="default" size="sm" onClick={clear}>
                Show all {all.length}
              </Button>
            }
          >
            Try fewer words, or another tag.
          </Message>
        ) : null}
      </div>
    </>
  );
}
