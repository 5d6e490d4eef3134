import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { dashboardQuery } from '../api/dashboards';
import { draftQuery, publish, versionsQuery } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { DialogForm } from '../ui/DialogForm';
import { TextField } from '../ui/TextField';
import { useToast } from '../ui/Toasts';
import { Changes } from './Changes';

const MOST_CHARACTERS = 1000;

/** Makes the draft what everybody sees, after a look at what changes. */
export function PublishDialog({ dashboard, onClose }: OwnerDialogProps) {
  const { id, published } = dashboard;
  const queries = useQueryClient();
  const toast = useToast();
  const refresh = useRefreshLists();
  const [note, setNote] = useState('');
  const draft = useQuery(draftQuery(id));
  const publishing = useMutation({
    mutationFn: (etag: string) => publish(id, note.trim(), etag),
    onSuccess: async ({ number }) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: versionsQuery(id).queryKey }),
        queries.invalidateQueries({ queryKey: dashboardQuery(id).queryKey }),
        refresh(),
      ]);
      toast({ text: `Published as version ${number}` });
      onClose();
    },
    // Somebody changed the draft meanwhile: what is looked at is not what would be published.
    onError: () => draft.refetch(),
  });
  const submit = (): void => {
    if (draft.data) publishing.mutate(draft.data.etag);
  };
  const titles = new Map((draft.data?.document.widgets ?? []).map((widget) => [widget.id, widget.title || widget.id]));
  return (
    <Modal opened onClose={onClose} title={`Publish ${dashboard.title}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <DialogForm
        verb="Publish"
        pending={publishing.isPending}
        error={publishing.error ?? draft.error}
        disabled={!draft.data}
        onSubmit={submit}
        onClose={onClose}
      >
        {published == null ? (
          <p>Nobody but editors sees this dashboard yet.</p>
        ) : (
          <Changes id={id} before={published} after="draft" titles={titles} />
        )}
        <TextField
          label="Note"
          description="Stands in the list of versions; may be empty."
          maxLength={MOST_CHARACTERS}
          data-autofocus
          value={note}
          onChange={setNote}
        />
      </DialogForm>
    </Modal>
  );
}
