/** In which time zone a viewer reads dashboards: the dashboard's own, that of the browser, or one by name. */

/** Otherwise the name of a zone. */
export const OWN_ZONE = 'dashboard';
export const BROWSER_ZONE = 'browser';

export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** What zones are called here; UTC comes first, for browsers leave it out. */
export const knownZones = (): readonly string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC'),
];

const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** The zone that `choice` means on a dashboard whose own is `own`; what means nothing here is the dashboard's own. */
export function zoneFor(choice: string, own: string, browser: string): string {
  if (choice === BROWSER_ZONE) return browser;
  return choice === OWN_ZONE || !isZone(choice) ? own : choice;
}

export interface ZoneGroup {
  readonly label: string;
  readonly zones: readonly { readonly value: string; readonly label: string }[];
}

/** A zone in a sentence. */
export const zoneWords = (zone: string): string => zone.replaceAll('_', ' ');

/** Zones by continent, as their names begin: `Europe` with `Oslo`. Those without one come first, as `Other`. */
export function zoneGroups(zones: readonly string[]): readonly ZoneGroup[] {
  const groups = new Map<string, { readonly value: string; readonly label: string }[]>();
  for (const zone of zones) {
    const [first = '', ...rest] = zone.split('/');
    const [group, label] = rest.length === 0 ? ['Other', first] : [first, rest.join('/')];
    groups.set(group, [...(groups.get(group) ?? []), { value: zone, label: zoneWords(label) }]);
  }
  return [...groups].map(([label, of]) => ({ label, zones: of }));
}
