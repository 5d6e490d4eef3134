import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type OwnerDialog, OwnerDialogs } from './OwnerDialogs';
import { useOwning } from './useOwning';

interface DialogButtonProps {
  readonly id: string;
  readonly dialog: OwnerDialog;
  readonly text: string;
  /** Only while the draft differs from what everybody sees. */
  readonly whileDraft?: boolean;
}

/** A dialog of a dashboard's editors on a button of its own; nothing for who may not edit. */
export function DialogButton({ id, dialog, text, whileDraft = false }: DialogButtonProps) {
  const { summary, edit } = useOwning(id);
  const [opened, { open, close }] = useDisclosure(false);
  if (summary === null || !edit || (whileDraft && summary.draft !== true)) return null;
  return (
    <>
      <Button size="compact-md" variant="default" onClick={open} mr={4}>
        {text}
      </Button>
      <OwnerDialogs open={opened ? dialog : null} dashboard={summary} onClose={close} />
    </>
  );
}
