import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Message } from '../ui/Message';

interface PageBoundaryState {
  readonly error: Error | null;
}

/** The last resort: a fault in the page itself still leaves words and a way on. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, PageBoundaryState> {
  override state: PageBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): PageBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const action = <Button onClick={() => window.location.reload()}>Load the page again</Button>;
    return (
      <main>
        <Message icon="warning" title="The page stopped working" size="large" tone="bad" alert action={action}>
          <p>Nothing is lost on the server.</p>
          <p>
            <code>{error.message}</code>
          </p>
        </Message>
      </main>
    );
  }
}
