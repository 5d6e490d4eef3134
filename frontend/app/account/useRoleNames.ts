/** Roles that one may hand out. */
import { useQuery } from '@tanstack/react-query';
import { rolesQuery } from '../api/roles';
import type { Principal } from '../api/sessions';

/** What the built-in roles allow, for those who may not list roles; see docs/reference/access.md. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  viewer: ['read', 'export'],
  analyst: ['read', 'export', 'query:sql'],
  ingest: ['ingest'],
  editor: ['read', 'export', 'query:sql', 'edit', 'share', 'ingest', 'define'],
};

/** Names of the roles whose permissions `principal` holds, its own first. */
export function useRoleNames({ role, permissions }: Principal): readonly string[] {
  const roles = useQuery({ ...rolesQuery, enabled: permissions.includes('users') });
  const known = roles.data?.map((each) => [each.name, each.permissions] as const) ?? Object.entries(BUILT_IN);
  const held = known.filter(([, needed]) => needed.every((each) => permissions.includes(each))).map(([name]) => name);
  return [role, ...held.filter((name) => name !== role && name !== 'guest')];
}
