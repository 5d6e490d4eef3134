import { Modal, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { changeVisibility } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
import { EmbedShare } from './EmbedShare';
import { LinkShares } from './LinkShares';
import { PeopleShares } from './PeopleShares';

const VISIBILITIES = [
  { value: 'organisation', label: 'Everyone in the organisation' },
  { value: 'private', label: 'Only me and whom I share it with' },
];

function Visibility({ dashboard }: Pick<OwnerDialogProps, 'dashboard'>) {
  const refresh = useRefreshLists();
  const changing = useMutation({
    mutationFn: (visibility: 'organisation' | 'private') => changeVisibility(dashboard.id, visibility),
    onSettled: refresh,
  });
  const shown = (changing.isPending ? changing.variables : dashboard.visibility) ?? 'organisation';
  return (
    <>
      <NativeSelect
        label="Who sees it"
        data={VISIBILITIES}
        value={shown}
        onChange={(event) => changing.mutate(event.currentTarget.value === 'private' ? 'private' : 'organisation')}
      />
      <Problem error={changing.error} />
    </>
  );
}

/** Everyone a dashboard is shown to, and the ways to show it to more. What they see of the rows stays their own scope. */
export function ShareDialog({ dashboard, onClose }: OwnerDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`Share ${dashboard.title}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={forms.form}>
        <Visibility dashboard={dashboard} />
        <PeopleShares dashboard={dashboard.id} />
        <LinkShares dashboard={dashboard.id} published={dashboard.published != null} />
        <EmbedShare dashboard={dashboard.id} />
      </div>
    </Modal>
  );
}
