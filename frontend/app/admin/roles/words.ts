/** Permissions, masks and scopes in words. */
import type { Permission } from '../../api/sessions';

export const PERMISSION_WORDS: Readonly<Record<Permission, string>> = {
  read: 'See published dashboards and their numbers',
  'query:sql': 'Ask read-only SQL',
  export: 'Take results away as files',
  edit: 'Make and change dashboards, saved queries and templates',
  share: 'Share what they may edit',
  ingest: 'Send events',
  define: 'Define streams, tables and metrics',
  cache: 'Look into the cache and clear it',
  audit: 'Read the audit log',
  users: 'Manage users, roles and tokens',
  erase: 'Erase a person’s data',
  admin: 'Every dashboard; in the first organisation, organisations',
};

export const MASK_WORDS: Readonly<Record<string, string>> = {
  hide: 'Hidden',
  hash: 'As a hash, equal for equal values',
  partial: 'First letter only',
};
