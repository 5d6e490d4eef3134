import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { Message } from '../ui/Message';

interface NotFoundPageProps {
  readonly title?: string;
  readonly text?: string;
}

export function NotFoundPage({
  title = 'There is no page here',
  text = 'The address may be mistyped, or what stood here was removed.',
}: NotFoundPageProps) {
  const action = (
    <Button component={Link} href="/" variant="default">
      Show all dashboards
    </Button>
  );
  return (
    <>
      <title>Not found · Nowboard</title>
      <Message icon="search" title={title} size="large" action={action}>
        <p>{text}</p>
      </Message>
    </>
  );
}
