import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';

const NewDashboardDialog = lazy(async () => ({ default: (await import('./NewDashboardDialog')).NewDashboardDialog }));

/** The way to a new dashboard. */
export function NewDashboard() {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-md" onClick={open}>
        New dashboard
      </Button>
      <Suspense fallback={null}>{opened ? <NewDashboardDialog onClose={close} /> : null}</Suspense>
    </>
  );
}
