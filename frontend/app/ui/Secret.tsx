import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import styles from './Form.module.css';
import { Icon } from './Icon';

interface SecretProps {
  readonly label: string;
  readonly value: string;
  /** Beside the button: for how long it works, or that it is shown this once. */
  readonly note?: string;
}

/** Something to copy now, because it is not shown again. */
export function Secret({ label, value, note }: SecretProps) {
  const { copy, copied } = useClipboard({ timeout: 2000 });
  return (
    <div className={styles.secret} role="group" aria-label={label}>
      <code>{value}</code>
      <div className={styles.secretFoot}>
        <span>{note}</span>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
          onClick={() => copy(value)}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </div>
  );
}
