import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { methodsQuery, sessionQuery } from '../api/sessions';
import { PageBar } from '../shell/PageBar';
import { Panel, Panels } from '../ui/Panel';
import { NamePanel } from './NamePanel';
import { PasswordPanel } from './PasswordPanel';
import { SessionsPanel } from './SessionsPanel';
import { TokensPanel } from './TokensPanel';

/** Who signed in by the link that the server printed has no account yet. */
const OWNER = 'owner';

function MakeAccount() {
  return (
    <Panel
      title="Your account"
      lead="You are signed in by the link that the server printed. With an account you sign in by address and password, and can invite others."
      action={
        <Button component={Link} href="/set-up">
          Make your account
        </Button>
      }
    />
  );
}

/** One's own account: name, password, sessions, tokens. */
export function AccountPage() {
  const { data: principal } = useQuery(sessionQuery);
  const methods = useQuery(methodsQuery);
  if (!principal) return null;
  const account = principal.kind === 'user' && principal.id !== OWNER;
  return (
    <>
      <title>Account · Nowboard</title>
      <PageBar title="Account" />
      <Panels>
        {methods.data?.setup && principal.id === OWNER ? <MakeAccount /> : null}
        {account ? <NamePanel principal={principal} key={principal.name} /> : null}
        {account ? <PasswordPanel /> : null}
        <SessionsPanel />
        {principal.kind === 'user' ? <TokensPanel principal={principal} /> : null}
      </Panels>
    </>
  );
}
