import { Menu } from '@mantine/core';
import { useState } from 'react';
import type { DashboardSummary } from '../../core/types';
import { useMay } from '../api/sessions';
import { type OwnerDialog, OwnerDialogs } from '../dashboard/owning/OwnerDialogs';
import { OwnerItems } from '../dashboard/owning/OwnerItems';
import { useDocumentActions } from '../dashboard/owning/useDocumentActions';
import { owningOf } from '../dashboard/owning/useOwning';
import { IconButton } from '../ui/IconButton';
import styles from './DashboardsPage.module.css';

/** What the viewer may do with a dashboard of the list; no button for who may do nothing. */
export function CardMenu({ dashboard }: { readonly dashboard: DashboardSummary }) {
  const may = useMay();
  const actions = useDocumentActions();
  const [dialog, setDialog] = useState<OwnerDialog | null>(null);
  const owning = owningOf(dashboard, may);
  if (!(owning.edit || owning.share || owning.duplicate)) return null;
  return (
    <div className={styles.cardMenu}>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <IconButton icon="dots" label={`More for ${dashboard.title}`} />
        </Menu.Target>
        <Menu.Dropdown>
          <OwnerItems owning={owning} actions={actions} onOpen={setDialog} />
        </Menu.Dropdown>
      </Menu>
      <OwnerDialogs open={dialog} dashboard={dashboard} onClose={() => setDialog(null)} />
    </div>
  );
}
