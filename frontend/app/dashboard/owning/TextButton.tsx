import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { OwnerDialogs } from './OwnerDialogs';
import { useOwning } from './useOwning';

/** For editors: the draft as text. */
export function TextButton({ id }: { readonly id: string }) {
  const { summary, edit } = useOwning(id);
  const [opened, { open, close }] = useDisclosure(false);
  if (summary === null || !edit) return null;
  return (
    <>
      <Button size="compact-md" variant="default" onClick={open}>
        Edit as text
      </Button>
      <OwnerDialogs open={opened ? 'text' : null} dashboard={summary} onClose={close} />
    </>
  );
}
