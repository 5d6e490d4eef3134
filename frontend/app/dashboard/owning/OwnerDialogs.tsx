import { lazy, Suspense } from 'react';
import type { DashboardSummary } from '../../../core/types';

const ShareDialog = lazy(async () => ({ default: (await import('../../sharing/ShareDialog')).ShareDialog }));
const PublishDialog = lazy(async () => ({ default: (await import('../../versions/PublishDialog')).PublishDialog }));
const VersionsDrawer = lazy(async () => ({ default: (await import('../../versions/VersionsDrawer')).VersionsDrawer }));
const DescribeDialog = lazy(async () => ({ default: (await import('../../versions/DescribeDialog')).DescribeDialog }));
const TextDialog = lazy(async () => ({ default: (await import('../../versions/TextDialog')).TextDialog }));

export type OwnerDialog = 'share' | 'publish' | 'versions' | 'describe' | 'text';

export interface OwnerDialogProps {
  readonly dashboard: DashboardSummary;
  readonly onClose: () => void;
}

interface OwnerDialogsProps extends OwnerDialogProps {
  readonly open: OwnerDialog | null;
}

/** The dialogs of owners and editors, loaded when one is opened. */
export function OwnerDialogs({ open, ...props }: OwnerDialogsProps) {
  return (
    <Suspense fallback={null}>
      {open === 'share' ? <ShareDialog {...props} /> : null}
      {open === 'publish' ? <PublishDialog {...props} /> : null}
      {open === 'versions' ? <VersionsDrawer {...props} /> : null}
      {open === 'describe' ? <DescribeDialog {...props} /> : null}
      {open === 'text' ? <TextDialog {...props} /> : null}
    </Suspense>
  );
}
