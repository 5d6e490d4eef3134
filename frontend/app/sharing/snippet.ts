/** What a site puts into its page to show a dashboard. */

/** The token is signed by the site's own server with the key's secret, or asked for at `embed-tokens`. */
export const snippetOf = (origin: string, key: string): string =>
  [
    '<iframe',
    `  src="${origin}/embed/${encodeURIComponent(key)}#TOKEN"`,
    '  style="width: 100%; height: 720px; border: 0"',
    '  title="Dashboard"',
    '></iframe>',
  ].join('\n');

/** Addresses separated by commas or spaces. */
export const sitesIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter((site) => site !== '');
