import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { dashboardQuery } from '../api/dashboards';
import { draftQuery, publish, versionsQuery } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (draft.data) publishing.mutate(draft.data.etag);
  };
  const titles = new Map((draft.data?.document.widgets ?? []).map((widget) => [widget.id, widget.title || widget.id]));
  return (
    <Modal opened onClose={onClose} title={`Publish ${dashboard.title}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} className={forms.form}>
        {published == null ? (
          <p>Nobody but editors sees this dashboard yet.</p>
        ) : (
          <Changes id={id} before={published} after="draft" titles={titles} />
        )}
        <TextInput
          label="Note"
          description="Stands in the list of versions; may be empty."
          maxLength={MOST_CHARACTERS}
          data-autofocus
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Problem error={publishing.error ?? draft.error} />
        <div className={forms.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={publishing.isPending} disabled={!draft.data}>
            Publish
          </Button>
        </div>
      </form>
    </Modal>
  );
}
