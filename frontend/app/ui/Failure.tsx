import { Button } from '@mantine/core';
import { ApiFailure } from '../api/client';
import { Message } from './Message';

interface FailureProps {
  readonly error: Error;
  readonly title: string;
  readonly retry?: () => void;
}

/** A page that could not be loaded: what happened, its code, and a way on. */
export function Failure({ error, title, retry }: FailureProps) {
  const known = error instanceof ApiFailure ? error : null;
  if (known?.status === 403) {
    return (
      <Message icon="lock" title="You may not see this" size="large" alert>
        <p>{error.message}</p>
        <p>Whoever administers this server can grant it.</p>
      </Message>
    );
  }
  const retryButton = retry ? (
    <Button onClick={retry} variant="default">
      Try again
    </Button>
  ) : null;
  return (
    <Message icon="warning" title={title} tone="bad" size="large" alert action={retryButton}>
      <p>{error.message}</p>
      {known ? (
        <p>
          <code>{known.code}</code> {known.requestId ? <code>{known.requestId}</code> : null}
        </p>
      ) : null}
    </Message>
  );
}
