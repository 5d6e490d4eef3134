import { describe, expect, it } from 'vitest';
import { ApiFailure } from '../api/client';
import { codeWords, signInWords, waitWords } from './words';

describe('why signing in did not work', () => {
  it('says how long to wait', () => {
    expect(waitWords(20)).toBe('20 seconds');
    expect(waitWords(60)).toBe('1 minute');
    expect(waitWords(290)).toBe('5 minutes');
    const refused = new ApiFailure(429, { code: 'too_many_attempts', message: 'too many' }, 300);
    expect(signInWords(refused)).toBe('Too many attempts did not succeed. Wait 5 minutes and try again.');
  });

  it('does not tell an unknown address from a wrong password', () => {
    const refused = new ApiFailure(401, { code: 'bad_credentials', message: 'x' });
    expect(signInWords(refused)).toBe('The address or the password is not right.');
  });

  it('makes a sentence of what the server says', () => {
    const refused = new ApiFailure(400, { code: 'weak_password', message: 'a password has 12 to 1024 characters' });
    expect(signInWords(refused)).toBe('A password has 12 to 1024 characters.');
    expect(codeWords('no_account')).toBe('There is no account for you here. Ask an administrator to invite you.');
    expect(codeWords('issuer_unavailable')).toBe('The provider cannot be reached. Try again later.');
    expect(codeWords('something_else')).toBe('Signing in did not work. Try again.');
  });
});
