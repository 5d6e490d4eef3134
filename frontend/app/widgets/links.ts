/** Where a link in a text may lead. */

const SAFE = new Set(['http:', 'https:', 'mailto:']);

/** The address, or null when following it could run something. Addresses without a scheme stay on this server. */
export function safeHref(href: string, origin: string): string | null {
  try {
    return SAFE.has(new URL(href, origin).protocol) ? href : null;
  } catch {
    return null;
  }
}
