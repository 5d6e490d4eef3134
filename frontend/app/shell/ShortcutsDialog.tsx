import { Kbd, Modal } from '@mantine/core';
import styles from './ShortcutsDialog.module.css';
import { SHORTCUTS, type Shortcut } from './shortcuts';

interface ShortcutsDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

function Keys({ title, shortcuts }: { readonly title: string; readonly shortcuts: readonly Shortcut[] }) {
  return (
    <section>
      <h3 className={styles.heading}>{title}</h3>
      <dl className={styles.list}>
        {shortcuts.map(({ key, does }) => (
          <div key={key} className={styles.line}>
            <dt>
              <Kbd>{key.toUpperCase()}</Kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ShortcutsDialog({ opened, onClose }: ShortcutsDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={styles.groups}>
        <Keys title="Everywhere" shortcuts={SHORTCUTS.filter((shortcut) => !shortcut.dashboard)} />
        <Keys title="On a dashboard" shortcuts={SHORTCUTS.filter((shortcut) => shortcut.dashboard)} />
      </div>
    </Modal>
  );
}
