import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { dashboardQuery } from '../api/dashboards';
import { type Draft, draftQuery, writeDraft } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import forms from '../ui/Form.module.css';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form onSubmit={submit} className={forms.form}>
      <TextInput
        label="Title"
        required
        withAsterisk={false}
        data-autofocus
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <TextInput
        label="Description"
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <TextInput
        label="Tags"
        description="Separated by commas."
        value={tags}
        onChange={(event) => setTags(event.currentTarget.value)}
      />
      <Problem error={saving.error} />
      <div className={forms.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving.isPending}>
          Save
        </Button>
      </div>
    </form>
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
