import { Message } from '../ui/Message';

/** What to do where there is nothing yet. */
export function NoDashboards() {
  return (
    <Message icon="empty" title="No dashboards yet" size="large">
      <p>
        A dashboard is a file. Make one here if you may edit, or apply it with <code>nowboard apply board.yaml</code>;{' '}
        <code>nowboard demo</code> shows two with real data.
      </p>
    </Message>
  );
}
