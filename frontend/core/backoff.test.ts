import { describe, expect, it } from 'vitest';
import { RETRY_CAP_MS, RETRY_FLOOR_MS, retryDelay, verdictOf, waitFor } from './backoff';
import { closedBy } from './transports/transport';

const chances = [0, 0.25, 0.5, 0.75, 0.999_999];

describe('retryDelay', () => {
  it('stays between half a second and twenty', () => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      for (const chance of chances) {
        const wait = retryDelay(attempt, chance);
        expect(wait).toBeGreaterThanOrEqual(RETRY_FLOOR_MS);
        expect(wait).toBeLessThan(RETRY_CAP_MS);
      }
    }
  });

  it('is full jitter: the floor is always possible and the bound doubles up to the cap', () => {
    const bounds = [0, 1, 2, 3, 4, 5].map((attempt) => Math.round(retryDelay(attempt, 1)));
    expect(bounds).toEqual([2000, 4000, 8000, 16_000, 20_000, 20_000]);
    expect(retryDelay(50, 0)).toBe(RETRY_FLOOR_MS);
  });
});

describe('verdictOf', () => {
  it.each([
    [1009, 'too_big'],
    [1012, 'retry'],
    [1013, 'later'],
    [4401, 'signed_out'],
    [4403, 'revoked'],
    [4408, 'retry'],
    [4429, 'later'],
    [1011, 'retry'],
  ])('close code %i after a welcome means %s', (code, verdict) => {
    expect(verdictOf(closedBy('', { code }), true, false)).toBe(verdict);
  });

  it.each([
    [401, 'signed_out'],
    [403, 'revoked'],
    [404, 'blocked'],
    [429, 'later'],
    [503, 'later'],
    [200, 'blocked'],
  ])('status %i before a welcome means %s', (status, verdict) => {
    expect(verdictOf(closedBy('', { status }), false, true)).toBe(verdict);
  });

  it('knows that a lost session of HTTP is to be opened anew', () => {
    expect(verdictOf(closedBy('', { status: 404 }), true, true)).toBe('retry');
  });

  it('tells a blocked socket from an absent server', () => {
    expect(verdictOf(closedBy(''), false, false)).toBe('blocked');
    expect(verdictOf(closedBy(''), false, true)).toBe('unreachable');
  });
});

describe('waitFor', () => {
  it('obeys Retry-After, up to two minutes', () => {
    expect(waitFor(closedBy('', { status: 503, retryAfter: 45 }), 'later', 0, 0)).toBe(45_000);
    expect(waitFor(closedBy('', { status: 503, retryAfter: 86_400 }), 'later', 0, 0)).toBe(120_000);
  });

  it('spreads viewers wide when the server has too much to do', () => {
    expect(waitFor(closedBy('', { code: 1013 }), 'later', 0, 1)).toBe(16_000);
    expect(waitFor(closedBy('', { code: 1012 }), 'retry', 0, 1)).toBe(2000);
  });
});
