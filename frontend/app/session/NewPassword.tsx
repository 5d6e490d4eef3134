import { PasswordInput } from '@mantine/core';

interface NewPasswordProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Where a password is chosen; it can be looked at, so it is typed once. */
export function NewPassword({ value, onChange }: NewPasswordProps) {
  return (
    <PasswordInput
      label="New password"
      description="12 characters or more. A few words that only you put together are best."
      name="new-password"
      autoComplete="new-password"
      size="md"
      required
      withAsterisk={false}
      minLength={12}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
