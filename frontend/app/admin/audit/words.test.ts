import { describe, expect, it } from 'vitest';
import { actionWords, detailWords } from './words';

describe('an entry of the audit log in words', () => {
  it('says what was done to what', () => {
    expect(actionWords({ action: 'dashboard.publish', object: { kind: 'dashboard', id: 'shop' } })).toBe(
      'published shop',
    );
    expect(actionWords({ action: 'session.start', object: { kind: 'user', id: 'usr_1' } })).toBe('signed in');
    expect(actionWords({ action: 'new.thing', object: { kind: 'x', id: 'y' } })).toBe('new.thing y');
  });

  it('leaves out details that say nothing', () => {
    expect(detailWords({ role: 'admin', subject: null, sites: ['a'] })).toBe('role: admin, sites: ["a"]');
    expect(detailWords({})).toBe('');
  });
});
