/** The single-use code of a sign-in link. It sits in the fragment, which browsers never send. */

export interface Location {
  readonly pathname: string;
  readonly hash: string;
}

/** The code, or null when the address carries none. */
export function readCode({ pathname, hash }: Location): string | null {
  if (!pathname.endsWith('/sign-in')) return null;
  const code = decodeURIComponent(hash.replace(/^#/, '')).trim();
  return code === '' ? null : code;
}
