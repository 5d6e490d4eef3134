import { NativeSelect } from '@mantine/core';

interface RoleFieldProps {
  readonly value: string;
  readonly roles: readonly string[];
  readonly onChange: (role: string) => void;
}

/** One of the roles that may be given. */
export function RoleField({ value, roles, onChange }: RoleFieldProps) {
  return (
    <NativeSelect
      label="Role"
      value={value}
      data={[...roles]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
