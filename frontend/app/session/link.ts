/** The single-use code of a link that signs in or lets one choose a password. It sits in the fragment, which browsers never send. */

export interface Location {
  readonly pathname: string;
  readonly hash: string;
}

/** The code, or null when the address carries none. */
export function readCode({ pathname, hash }: Location, page = '/sign-in'): string | null {
  if (!pathname.endsWith(page)) return null;
  const code = decodeURIComponent(hash.replace(/^#/, '')).trim();
  return code === '' ? null : code;
}
