import { Button, Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ConnectionState, describeConnection, type Formats } from '../../core/index';
import { useConnection, useLiveClient } from '../../react/index';
import { useNow } from '../ui/useNow';
import { useScene } from './context';
import { newestData } from './freshness';
import styles from './LiveBadge.module.css';
import { zoneWords } from './zones';

interface DetailsProps {
  readonly connection: ConnectionState;
  readonly asOf: number | null;
  readonly now: number;
}

function Details({ connection, asOf, now }: DetailsProps) {
  const client = useLiveClient();
  const { formats, zone } = useScene();
  const waiting = connection.retryAt === null ? null : Math.max(0, Math.ceil((connection.retryAt - now) / 1000));
  return (
    <div className={styles.details}>
      <p className={styles.sentence}>{describeConnection(connection).detail}.</p>
      <dl className={styles.facts}>
        <dt>Data as of</dt>
        <dd className="nb-number">{asOf === null ? 'Nothing yet' : formats.dateTime(asOf)}</dd>
        <dt>Time zone</dt>
        <dd>{zoneWords(zone.zone)}</dd>
        {waiting === null ? null : (
          <>
            <dt>Next try</dt>
            <dd className="nb-number">{waiting === 0 ? 'now' : `in ${waiting} s`}</dd>
          </>
        )}
      </dl>
      {connection.phase === 'reconnecting' || connection.phase === 'offline' ? (
        <Button size="xs" variant="default" onClick={client.reconnect}>
          Connect now
        </Button>
      ) : null}
    </div>
  );
}

/** While numbers move, when they last did; else how old they are, so that "Offline" is not read as a moment. */
const ageWords = (formats: Formats, old: number, moving: boolean): string => {
  if (!moving) return `data ${formats.age(old)} old`;
  return old < 1000 ? 'just now' : `${formats.age(old)} ago`;
};

/** Whether numbers move, by which way they come, and how old they are. */
export function LiveBadge() {
  const connection = useConnection();
  const { subscription, document, formats } = useScene();
  const now = useNow(1000);
  const [opened, { toggle, close }] = useDisclosure(false);
  const { label, tone, detail } = describeConnection(connection);
  const asOf = newestData(subscription, document.widgets ?? []);
  const old = asOf === null ? null : Math.max(0, now - asOf);
  const age = old === null ? null : ageWords(formats, old, tone === 'good');
  return (
    <Popover position="bottom-start" opened={opened} onDismiss={close} withRoles>
      <Popover.Target>
        <button
          type="button"
          className={styles.badge}
          data-tone={tone}
          data-phase={connection.phase}
          title={`${detail}. The newest number on the page is ${age ?? 'not here yet'}.`}
          onClick={toggle}
          onKeyDown={(event) => event.key === 'Escape' && close()}
        >
          <span className={styles.dot} aria-hidden="true" />
          <span>{label}</span>
          {connection.transport === 'sse' && connection.phase === 'live' ? (
            <span className={styles.way}>SSE</span>
          ) : null}
          {age === null ? null : <span className={`${styles.age} nb-number`}>{age}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <Details connection={connection} asOf={asOf} now={now} />
      </Popover.Dropdown>
    </Popover>
  );
}
