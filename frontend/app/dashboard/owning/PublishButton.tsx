import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { OwnerDialogs } from './OwnerDialogs';
import { useOwning } from './useOwning';

/** For editors, while the draft differs from what everybody sees. */
export function PublishButton({ id }: { readonly id: string }) {
  const { summary, edit } = useOwning(id);
  const [opened, { open, close }] = useDisclosure(false);
  if (summary === null || !edit || summary.draft !== true) return null;
  return (
    <>
      <Button size="compact-md" variant="default" onClick={open} mr={4}>
        Publish
      </Button>
      <OwnerDialogs open={opened ? 'publish' : null} dashboard={summary} onClose={close} />
    </>
  );
}
