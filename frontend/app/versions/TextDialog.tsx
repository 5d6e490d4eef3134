import { Modal, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type DraftText, draftTextQuery, writeText } from '../api/making';
import { draftQuery } from '../api/versions';
import type { OwnerDialogProps } from '../dashboard/owning/OwnerDialogs';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { DialogForm } from '../ui/DialogForm';
import { Problem } from '../ui/Problem';
import { TablePlaceholder } from '../ui/SimpleTable';
import { useToast } from '../ui/Toasts';
import styles from './Versions.module.css';

/** The server calls what it was sent the body; here it is what is in the field. */
function inWords(error: Error | null): Error | null {
  return error === null ? null : new Error(error.message.replace(/^body:(\d+): /, 'Line $1: '));
}

function TextForm({ dashboard, draft, onClose }: OwnerDialogProps & { readonly draft: DraftText }) {
  const queries = useQueryClient();
  const toast = useToast();
  const refresh = useRefreshLists();
  const [text, setText] = useState(draft.text);
  const saving = useMutation({
    mutationFn: () => writeText(text, draft.etag),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: draftQuery(dashboard.id).queryKey }), refresh()]);
      toast({ text: 'Saved in the draft; publish it when it is ready' });
      onClose();
    },
  });
  return (
    <DialogForm
      verb="Save the draft"
      pending={saving.isPending}
      error={inWords(saving.error)}
      disabled={text === draft.text}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="Dashboard"
        description="YAML, as nowboard export writes it. Who opened the dashboard sees it once it is published."
        classNames={{ input: styles.text ?? '' }}
        data-autofocus
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </DialogForm>
  );
}

/** The whole draft as a file that can be changed. */
export function TextDialog({ dashboard, onClose }: OwnerDialogProps) {
  const draft = useQuery(draftTextQuery(dashboard.id));
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`${dashboard.title} as text`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {draft.isFetching ? <TablePlaceholder rows={8} /> : null}
      <Problem error={draft.error} />
      {draft.data && !draft.isFetching ? (
        <TextForm dashboard={dashboard} draft={draft.data} onClose={onClose} key={draft.data.etag} />
      ) : null}
    </Modal>
  );
}
