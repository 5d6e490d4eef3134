import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { permissionsQuery } from '../../api/roles';
import { PERMISSIONS } from '../../api/sessions';
import forms from '../../ui/Form.module.css';
import { PERMISSION_WORDS } from './words';

interface PermissionFieldsProps {
  readonly chosen: readonly string[];
  /** Built-in roles have the permissions that they have. */
  readonly fixed: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** What a role allows; what one does not hold oneself cannot be given. */
export function PermissionFields({ chosen, fixed, onChange }: PermissionFieldsProps) {
  const listed = useQuery(permissionsQuery);
  const held = new Set((listed.data ?? []).filter((each) => each.held).map(({ name }) => name));
  return (
    <fieldset className={forms.group}>
      <legend className={forms.legend}>Permissions</legend>
      {PERMISSIONS.map((permission) => (
        <Checkbox
          key={permission}
          label={PERMISSION_WORDS[permission]}
          checked={chosen.includes(permission)}
          disabled={fixed || !(held.has(permission) || chosen.includes(permission))}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked ? [...chosen, permission] : chosen.filter((each) => each !== permission),
            )
          }
        />
      ))}
    </fieldset>
  );
}
