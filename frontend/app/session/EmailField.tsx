import { TextField } from '../ui/TextField';

interface EmailFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The address of an account, as browsers fill it in. */
export function EmailField(props: EmailFieldProps) {
  return <TextField label="Email" name="email" type="email" autoComplete="username" size="md" required {...props} />;
}
