import { describe, expect, it } from 'vitest';
import { readCode } from './link';

describe('the code of a sign-in link', () => {
  it('is the fragment of /sign-in', () => {
    expect(readCode({ pathname: '/sign-in', hash: '#a-B_9' })).toBe('a-B_9');
    expect(readCode({ pathname: '/sign-in', hash: '#a%2Bb' })).toBe('a+b');
  });

  it('is missing without a fragment, or elsewhere', () => {
    expect(readCode({ pathname: '/sign-in', hash: '' })).toBeNull();
    expect(readCode({ pathname: '/sign-in', hash: '#' })).toBeNull();
    expect(readCode({ pathname: '/dashboards/departures', hash: '#section' })).toBeNull();
  });
});
