import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import styles from './Form.module.css';
import { Problem } from './Problem';

interface DialogFormProps {
  /** What it does, as a verb. */
  readonly verb: string;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly disabled?: boolean;
  /** Before the other buttons. */
  readonly extra?: ReactNode;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The form of a dialog: its fields, what went wrong, and the buttons. */
export function DialogForm({ verb, pending, error, disabled, extra, onSubmit, onClose, children }: DialogFormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      {children}
      <Problem error={error} />
      <div className={styles.buttons}>
        {extra}
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={pending} disabled={disabled ?? false}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
