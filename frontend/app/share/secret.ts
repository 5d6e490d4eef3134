/** The secret of a link, or the token of an embedded dashboard. It sits in the fragment, which browsers never send. */

/** The secret, or null when the address carries none. */
export function readSecret(hash: string): string | null {
  const secret = hash.replace(/^#/, '').trim();
  // Neither secrets nor tokens hold anything else, so what does is no secret and must not get into a header.
  return /^[A-Za-z0-9._-]{1,8000}$/.test(secret) ? secret : null;
}
