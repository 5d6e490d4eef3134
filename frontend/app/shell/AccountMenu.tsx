import { Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { sessionQuery, signOut } from '../api/sessions';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const queries = useQueryClient();
  const { data: principal } = useQuery(sessionQuery);
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, null);
    },
  });
  if (!principal) return null;
  return (
    <Menu position="right-end">
      <Menu.Target>
        <IconButton icon="user" label="Account" />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {principal.name} · {principal.role}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => leaving.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
