import { Button } from '@mantine/core';
import type { ApiError } from '../../core/types';
import { Message } from '../ui/Message';

interface WidgetFaultProps {
  readonly error: Error | ApiError;
  readonly retry?: (() => void) | undefined;
}

/** A widget that cannot show its numbers says why, names the code, and offers a way on. */
export function WidgetFault({ error, retry }: WidgetFaultProps) {
  const told = 'code' in error;
  const title = told ? 'This widget has no numbers to show' : 'This widget could not be drawn';
  const action = retry ? (
    <Button size="compact-sm" variant="default" onClick={retry}>
      Try again
    </Button>
  ) : null;
  return (
    <Message icon="warning" title={title} tone="bad" action={action}>
      <p>{error.message}</p>
      <p>
        <code>{told ? error.code : 'drawing_failed'}</code>
      </p>
    </Message>
  );
}
