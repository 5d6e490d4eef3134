import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { dashboardQuery } from '../api/dashboards';
import { type Draft, draftQuery, writeDraft } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { DialogForm } from '../ui/DialogForm';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import { TextField } from '../ui/TextField';
import { useToast } from '../ui/Toasts';

const tagsIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

function DescribeForm({ dashboard, draft, onClose }: OwnerDialogProps & { readonly draft: Draft }) {
  const queries = useQueryClient();
  const toast = useToast();
  const refresh = useRefreshLists();
  const { document, etag } = draft;
  const [title, setTitle] = useState(document.title);
  const [description, setDescription] = useState(document.description ?? '');
  const [tags, setTags] = useState((document.tags ?? []).join(', '));
  // A draft with other changes is not published on the side.
  const publishing = dashboard.published != null && dashboard.draft !== true;
  const saving = useMutation({
    mutationFn: () => {
      const changed = { ...document, title: title.trim(), description: description.trim() || null, tags: tagsIn(tags) };
      return writeDraft(changed, etag, publishing);
    },
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: dashboardQuery(document.id).queryKey }), refresh()]);
      toast({ text: publishing ? 'Saved and published' : 'Saved in the draft; publish it when it is ready' });
      onClose();
    },
  });
  return (
    <DialogForm
      verb="Save"
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      <TextField label="Title" required data-autofocus value={title} onChange={setTitle} />
      <TextField label="Description" value={description} onChange={setDescription} />
      <TextField label="Tags" description="Separated by commas." value={tags} onChange={setTags} />
    </DialogForm>
  );
}

/** Title, description and tags. */
export function DescribeDialog({ dashboard, onClose }: OwnerDialogProps) {
  const draft = useQuery(draftQuery(dashboard.id));
  return (
    <Modal opened onClose={onClose} title="Name and description" closeButtonProps={{ 'aria-label': 'Close' }}>
      {draft.isPending ? <TablePlaceholder rows={3} /> : null}
      <Problem error={draft.error} />
      {draft.data && !draft.isFetching ? (
        <DescribeForm dashboard={dashboard} draft={draft.data} onClose={onClose} key={draft.data.etag} />
      ) : null}
    </Modal>
  );
}
