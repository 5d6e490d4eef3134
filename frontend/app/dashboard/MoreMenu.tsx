import { Kbd, Menu } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';
import type { IconName } from '../ui/icons';
import { useScene } from './context';
import styles from './MoreMenu.module.css';
import { type OwnerDialog, OwnerDialogs } from './owning/OwnerDialogs';
import { OwnerItems } from './owning/OwnerItems';
import { useDocumentActions } from './owning/useDocumentActions';
import { useOwning } from './owning/useOwning';
import type { DashboardActions } from './useDashboardActions';

interface ItemProps {
  readonly icon: IconName;
  readonly text: string;
  readonly shortcut: string;
  readonly onClick: () => void;
  readonly stay?: boolean;
}

function Item({ icon, text, shortcut, onClick, stay = false }: ItemProps) {
  return (
    <Menu.Item
      leftSection={<Icon name={icon} size={16} />}
      rightSection={<Kbd className={styles.key}>{shortcut}</Kbd>}
      onClick={onClick}
      closeMenuOnClick={!stay}
    >
      {text}
    </Menu.Item>
  );
}

export function MoreMenu({ actions }: { readonly actions: DashboardActions }) {
  const owning = useOwning(useScene().document.id);
  const documents = useDocumentActions();
  const [dialog, setDialog] = useState<OwnerDialog | null>(null);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <IconButton icon="dots" label="More" />
        </Menu.Target>
        <Menu.Dropdown>
          <Item
            icon={actions.paused ? 'play' : 'pause'}
            text={actions.paused ? 'Resume updates' : 'Pause updates'}
            shortcut="P"
            onClick={actions.togglePause}
          />
          <Item icon="refresh" text="Refresh" shortcut="R" onClick={actions.refresh} />
          <Menu.Divider />
          <Item
            icon={actions.shared ? 'check' : 'link'}
            text={actions.shared ? 'Link copied' : 'Copy link to this view'}
            shortcut="S"
            onClick={actions.share}
            stay
          />
          <Item icon="wall" text="Wall mode" shortcut="W" onClick={actions.toggleWall} />
          <Item icon="close" text="Clear filters" shortcut="C" onClick={actions.clearFilters} />
          {owning.edit || owning.share || owning.duplicate ? <Menu.Divider /> : null}
          <OwnerItems owning={owning} actions={documents} onOpen={setDialog} />
        </Menu.Dropdown>
      </Menu>
      {owning.summary ? (
        <OwnerDialogs open={dialog} dashboard={owning.summary} onClose={() => setDialog(null)} />
      ) : null}
    </>
  );
}
