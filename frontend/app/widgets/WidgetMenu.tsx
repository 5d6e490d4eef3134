import { Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { Mode, Widget } from '../../core/types';
import { useScene } from '../dashboard/context';
import { useShell } from '../shell/context';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';
import { csvName, toCsv } from './csv';
import { download } from './download';
import type { WidgetFrames, WidgetState } from './state';
import { useDescription } from './useDescription';
import styles from './WidgetMenu.module.css';

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  live: 'Kept up to date event by event',
  requery: 'Asked again when data arrives',
  cached: 'From the cache',
  stale: 'Not up to date',
  fresh: 'Asked once',
};

interface ItemsProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
  readonly onTable: () => void;
}

function DataItems({ widget, frames, onTable }: ItemsProps) {
  const { formats } = useScene();
  const { announce } = useShell();
  const { copy } = useClipboard();
  const describe = useDescription(widget, frames);
  const { main } = frames;
  const copySummary = (): void => {
    copy(describe.summary());
    announce('The summary is on the clipboard');
  };
  const saveCsv = (): void => {
    const table = describe.table();
    const types = (main ?? Object.values(frames.parts)[0])?.columns ?? [];
    if (table === null) return;
    const columns = table.columns.map(({ title }, index) => ({ label: title, type: types[index]?.type ?? 'string' }));
    download(csvName(widget.title || widget.id), toCsv(columns, table.values));
  };
  return (
    <>
      <Menu.Item leftSection={<Icon name="table" size={16} />} onClick={onTable}>
        Show as table
      </Menu.Item>
      <Menu.Item leftSection={<Icon name="download" size={16} />} onClick={saveCsv}>
        Download these rows (CSV)
      </Menu.Item>
      <Menu.Item leftSection={<Icon name="copy" size={16} />} onClick={copySummary}>
        Copy summary in words
      </Menu.Item>
      {main ? (
        <>
          <Menu.Divider />
          <Menu.Label>
            {MODE_WORDS[main.mode]}
            <br />
            <span className="nb-number">As of {formats.dateTime(main.asOf)}</span>
          </Menu.Label>
        </>
      ) : null}
    </>
  );
}

interface WidgetMenuProps {
  readonly widget: Widget;
  readonly state: WidgetState;
  readonly focused: boolean;
  readonly onTable: () => void;
}

/** What one can do with one widget; shown on hover and focus, always on touch screens. */
export function WidgetMenu({ widget, state, focused, onTable }: WidgetMenuProps) {
  const { focusWidget, wall } = useScene();
  if (wall) return null;
  const name = widget.title || widget.id;
  return (
    <div className={styles.root}>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <IconButton icon="dots" label={`Menu of ${name}`} size={28} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Icon name={focused ? 'shrink' : 'expand'} size={16} />}
            onClick={() => focusWidget(focused ? null : widget.id)}
          >
            {focused ? 'Back to the dashboard' : 'Fill the screen'}
          </Menu.Item>
          {state.kind === 'ready' && state.frames.main ? (
            <DataItems widget={widget} frames={state.frames} onTable={onTable} />
          ) : null}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
