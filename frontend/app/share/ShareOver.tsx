import { Message } from '../ui/Message';

interface ShareOverProps {
  /** Shown in a frame of another site. */
  readonly embedded: boolean;
}

/** For a link or token that was withdrawn, has expired, or never was one. */
export function ShareOver({ embedded }: ShareOverProps) {
  return embedded ? (
    <Message icon="lock" title="This dashboard is not shown any more" size="large" alert>
      The permission to show it here has ended. Reload the page around it to get a new one.
    </Message>
  ) : (
    <Message icon="lock" title="This link does not work any more" size="large" alert>
      It was withdrawn or has expired. Whoever sent it can make a new one.
    </Message>
  );
}

/** For an address that was copied without its fragment. */
export function ShareIncomplete() {
  return (
    <Message icon="link" title="This link is not complete" size="large" alert>
      The part after the # is missing. Copy the whole link and open it again.
    </Message>
  );
}
