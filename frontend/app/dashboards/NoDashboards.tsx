import { Message } from '../ui/Message';

/** What to do where there is nothing yet. */
export function NoDashboards() {
  return (
    <Message icon="empty" title="No dashboards yet" size="large">
      <p>
        A dashboard is a file. Write one and apply it with <code>nowboard apply board.yaml</code>, or start{' '}
        <code>nowboard demo</code> to see two with real data.
      </p>
    </Message>
  );
}
