import { useEffect, useState } from 'react';
import type { NoticeMessage, Widget } from '../../core/types';
import { useLiveClient } from '../../react/index';
import { useScene } from '../dashboard/context';
import { Icon } from '../ui/Icon';
import { Message } from '../ui/Message';
import styles from './Widgets.module.css';

interface Seen {
  readonly id: number;
  readonly at: number;
  readonly notice: NoticeMessage;
}

/** Alerts as they fire while the page is open, newest first. */
export function AlertsWidget({ widget }: { readonly widget: Widget }) {
  const client = useLiveClient();
  const { formats } = useScene();
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const limit = widget.options?.['limit'];
  const shown = typeof limit === 'number' ? limit : 10;
  useEffect(
    () =>
      client.onAnnouncement((announcement) => {
        if (announcement.type !== 'notice' || announcement.kind !== 'alert') return;
        setSeen((held) =>
          [{ id: (held[0]?.id ?? 0) + 1, at: Date.now(), notice: announcement }, ...held].slice(0, shown),
        );
      }),
    [client, shown],
  );
  if (seen.length === 0) {
    return <Message icon="bell" title="No alert has fired since the page was opened" />;
  }
  return (
    <ul className={styles.alerts} role="log" aria-label="Alerts">
      {seen.map(({ id, at, notice }) => (
        <li key={id}>
          <Icon name="bell" size={16} />
          <span>{notice.message}</span>
          <time className="nb-number">{formats.time(at)}</time>
        </li>
      ))}
    </ul>
  );
}
