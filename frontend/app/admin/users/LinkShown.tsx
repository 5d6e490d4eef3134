import { Button } from '@mantine/core';
import type { LinkPurpose, UserLink } from '../../api/users';
import forms from '../../ui/Form.module.css';
import { Secret } from '../../ui/Secret';
import { instant } from '../../ui/when';

interface LinkShownProps {
  readonly made: UserLink;
  readonly purpose: LinkPurpose;
  readonly onClose: () => void;
}

/** A link to hand on: whoever opens it chooses the password. */
export function LinkShown({ made, purpose, onClose }: LinkShownProps) {
  return (
    <div className={forms.form}>
      <p>
        {purpose === 'invite' ? 'The account is there. ' : ''}
        Send this link to its owner, and to nobody else: who opens it chooses the password.
      </p>
      <Secret
        label={purpose === 'invite' ? 'The invitation' : 'The reset link'}
        value={made.link}
        note={`Shown this once. Works once, until ${instant(made.expires_at)}.`}
      />
      <div className={forms.buttons}>
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  );
}
