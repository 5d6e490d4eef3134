import { FileInput, Modal, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Dashboard } from '../../core/types';
import { createEmpty, createFrom, templatesQuery, writeText } from '../api/making';
import { useRefreshLists } from '../dashboard/owning/useDocumentActions';
import { DialogForm } from '../ui/DialogForm';
import { TextField } from '../ui/TextField';

const EMPTY = '';
const FILE = 'file';
const TEMPLATE = 'template:';

interface Wish {
  /** `EMPTY`, `FILE`, or a template's id behind `TEMPLATE`. */
  readonly start: string;
  readonly title: string;
  readonly file: File | null;
}

async function create({ start, title, file }: Wish): Promise<Dashboard> {
  if (start === FILE) return writeText((await file?.text()) ?? '');
  if (start === EMPTY) return createEmpty(title.trim());
  return createFrom(start.slice(TEMPLATE.length), title.trim());
}

/** A draft of one's own from nothing, a template or a file. */
export function NewDashboardDialog({ onClose }: { readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const refresh = useRefreshLists();
  const templates = useQuery(templatesQuery);
  const [start, setStart] = useState(EMPTY);
  const [title, setTitle] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const creating = useMutation({
    mutationFn: create,
    onSuccess: async ({ id }) => {
      await refresh();
      navigate(`/dashboards/${encodeURIComponent(id)}`);
      onClose();
    },
  });
  const choose = (value: string): void => {
    setStart(value);
    const template = templates.data?.find(({ id }) => `${TEMPLATE}${id}` === value);
    if (template && title.trim() === '') setTitle(template.title);
    creating.reset();
  };
  const starts = [
    { value: EMPTY, label: 'Nothing' },
    { value: FILE, label: 'A file' },
    ...(templates.data ?? []).map((each) => ({ value: `${TEMPLATE}${each.id}`, label: `Template: ${each.title}` })),
  ];
  const ready = start === FILE ? file !== null : title.trim() !== '';
  return (
    <Modal opened onClose={onClose} title="New dashboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <DialogForm
        verb="Create"
        pending={creating.isPending}
        error={creating.error ?? templates.error}
        disabled={!ready}
        onSubmit={() => creating.mutate({ start, title, file })}
        onClose={onClose}
      >
        <NativeSelect
          label="Start from"
          data={starts}
          value={start}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {start === FILE ? (
          <FileInput
            label="File"
            description="YAML, as “Edit as text” and nowboard export write it."
            placeholder="Choose a file"
            accept=".yaml,.yml,.json"
            clearable
            value={file}
            onChange={setFile}
          />
        ) : (
          <TextField label="Title" required data-autofocus value={title} onChange={setTitle} />
        )}
      </DialogForm>
    </Modal>
  );
}
