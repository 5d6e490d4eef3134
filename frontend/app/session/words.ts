/** Why signing in did not work, in words. */
import { ApiFailure } from '../api/client';

const SECONDS_PER_MINUTE = 60;

/** How long to wait, rounded up: `1 minute`, `5 minutes`. */
export function waitWords(seconds: number): string {
  if (seconds < SECONDS_PER_MINUTE) return `${Math.ceil(seconds)} seconds`;
  const minutes = Math.ceil(seconds / SECONDS_PER_MINUTE);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

const KNOWN: Readonly<Record<string, string>> = {
  bad_credentials: 'The address or the password is not right.',
  bad_link: 'This link is over or was used before. Ask for a new one.',
  no_account: 'There is no account for you here. Ask an administrator to invite you.',
  sign_in_failed: 'The provider did not sign you in. Try again.',
  issuer_unavailable: 'The provider cannot be reached. Try again later.',
};

/** For the code that a provider's page leads back with. */
export const codeWords = (code: string): string => KNOWN[code] ?? 'Signing in did not work. Try again.';

export function signInWords(error: Error): string {
  if (!(error instanceof ApiFailure)) return error.message;
  if (error.status === 429) {
    const wait = error.retryAfter === null ? 'a few minutes' : waitWords(error.retryAfter);
    return `Too many attempts did not succeed. Wait ${wait} and try again.`;
  }
  return KNOWN[error.code] ?? `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
}
