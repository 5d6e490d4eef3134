import { Menu } from '@mantine/core';
import { Icon } from '../../ui/Icon';
import type { IconName } from '../../ui/icons';
import type { OwnerDialog } from './OwnerDialogs';
import type { DocumentActions } from './useDocumentActions';
import type { Owning } from './useOwning';

interface OwnerItemsProps {
  readonly owning: Owning;
  readonly actions: DocumentActions;
  readonly onOpen: (dialog: OwnerDialog) => void;
}

interface ItemProps {
  readonly icon: IconName;
  readonly text: string;
  readonly onClick: () => void;
}

function Item({ icon, text, onClick }: ItemProps) {
  return (
    <Menu.Item leftSection={<Icon name={icon} size={16} />} onClick={onClick}>
      {text}
    </Menu.Item>
  );
}

/** What the viewer may do with the dashboard itself; nothing is shown that would be refused. */
export function OwnerItems({ owning, actions, onOpen }: OwnerItemsProps) {
  const { summary, edit, own, share } = owning;
  if (summary === null) return null;
  const unpublished = summary.draft === true;
  return (
    <>
      {share ? <Item icon="share" text="Share" onClick={() => onOpen('share')} /> : null}
      {edit && unpublished ? <Item icon="check" text="Publish the draft" onClick={() => onOpen('publish')} /> : null}
      {edit ? <Item icon="clock" text="Versions" onClick={() => onOpen('versions')} /> : null}
      {edit ? <Item icon="info" text="Name and description" onClick={() => onOpen('describe')} /> : null}
      {edit ? <Item icon="code" text="Edit as text" onClick={() => onOpen('text')} /> : null}
      {edit ? <Item icon="dashboards" text="Keep as a template" onClick={() => actions.keep(summary)} /> : null}
      {owning.duplicate ? <Item icon="copy" text="Duplicate" onClick={() => actions.duplicate(summary)} /> : null}
      {own ? <Item icon="close" text="Move to the trash" onClick={() => actions.trash(summary)} /> : null}
    </>
  );
}
