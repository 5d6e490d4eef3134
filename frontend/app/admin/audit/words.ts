/** What an entry of the audit log says, in words. */
import type { AuditEntry } from '../../api/audit';

const VERBS: Readonly<Record<string, string>> = {
  'session.start': 'signed in',
  'session.end': 'signed out',
  'session.end_all': 'signed out everywhere',
  'user.create': 'made an account for',
  'user.change': 'changed the account',
  'user.remove': 'removed the account',
  'user.link': 'made a password link for',
  'password.change': 'changed the password of',
  'password.reset': 'chose a password for',
  'token.create': 'made the API token',
  'token.revoke': 'revoked the API token',
  'role.change': 'changed the role',
  'role.delete': 'removed the role',
  'organisation.create': 'founded the organisation',
  'organisation.change': 'changed the organisation',
  'organisation.delete': 'removed the organisation',
  'dashboard.create': 'made the dashboard',
  'dashboard.update': 'changed the draft of',
  'dashboard.publish': 'published',
  'dashboard.rollback': 'brought back a version of',
  'dashboard.settings': 'changed who sees',
  'dashboard.trash': 'put in the trash',
  'dashboard.restore': 'took out of the trash',
  'dashboard.delete': 'removed for good',
  'dashboard.export': 'took away a copy of',
  'share.create': 'shared, as',
  'share.list': 'looked at the shares of',
  'share.revoke': 'ended the share',
  'embed_key.list': 'looked at the embed keys of',
  'embed_key.create': 'made the embed key',
  'embed_key.revoke': 'ended the embed key',
  'embed_token.create': 'signed an embed token with',
  'query.create': 'saved the query',
  'query.update': 'changed the saved query',
  'query.delete': 'removed the saved query',
  'template.create': 'made the template',
  'template.update': 'changed the template',
  'template.delete': 'removed the template',
  'cache.clear': 'cleared the cache of',
  'table.follow': 'had a relation followed by the table',
  'table.unfollow': 'had no relation followed any more by the table',
  'table.refresh': 'read anew the relation of the table',
  'data.erase': 'erased data of',
};

/** Actions by their names, with their words. */
export const ACTIONS: readonly (readonly [string, string])[] = Object.entries(VERBS);

const OUTCOMES: Readonly<Record<string, string>> = { done: 'Done', refused: 'Refused', failed: 'Failed' };

/** Actions that are about oneself need no object. */
const ALONE = new Set(['session.start', 'session.end', 'session.end_all']);

export const outcomeWords = (outcome: string): string => OUTCOMES[outcome] ?? outcome;

/** `published shop`; actions that have no words yet are named as they are. */
export function actionWords({ action, object }: Pick<AuditEntry, 'action' | 'object'>): string {
  const verb = VERBS[action] ?? action;
  return ALONE.has(action) || object.id === '' ? verb : `${verb} ${object.id}`;
}

/** `role: admin, by: setup`; nothing for entries without details. */
export const detailWords = (detail: AuditEntry['detail']): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(
      ([name, value]) => `${name.replaceAll('_', ' ')}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
