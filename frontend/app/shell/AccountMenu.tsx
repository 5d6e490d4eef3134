import { Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useAdminPlaces } from '../admin/places';
import { sessionQuery, signOut } from '../api/sessions';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';

/** Who is signed in, the ways to the account and to administration, and the way out. */
export function AccountMenu() {
  const queries = useQueryClient();
  const { data: principal } = useQuery(sessionQuery);
  const places = useAdminPlaces();
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      // The gate watches the session: its entry stays, what else is known goes.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
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
        <Menu.Item component={Link} href="/account" leftSection={<Icon name="user" size={16} />}>
          Account
        </Menu.Item>
        {places.length > 0 ? <Menu.Divider /> : null}
        {places.map(({ path, title, icon }) => (
          <Menu.Item key={path} component={Link} href={path} leftSection={<Icon name={icon} size={16} />}>
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => leaving.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
