import { describe, expect, it } from 'vitest';
import { BROWSER_ZONE, knownZones, OWN_ZONE, zoneFor, zoneGroups } from './zones';

describe('the zone of a dashboard', () => {
  it('is its own, that of the browser, or the one that was chosen', () => {
    expect(zoneFor(OWN_ZONE, 'Europe/Oslo', 'Asia/Tokyo')).toBe('Europe/Oslo');
    expect(zoneFor(BROWSER_ZONE, 'Europe/Oslo', 'Asia/Tokyo')).toBe('Asia/Tokyo');
    expect(zoneFor('America/New_York', 'Europe/Oslo', 'Asia/Tokyo')).toBe('America/New_York');
  });

  it('stays its own when what was remembered is no zone any more', () => {
    for (const choice of ['', 'Mars/Olympus', '{"a":1}']) {
      expect(zoneFor(choice, 'Europe/Oslo', 'Asia/Tokyo'), choice).toBe('Europe/Oslo');
    }
  });

  it('is offered by continent', () => {
    const groups = zoneGroups(['UTC', 'America/New_York', 'America/Argentina/Salta', 'Europe/Oslo']);
    expect(groups.map(({ label }) => label)).toEqual(['Other', 'America', 'Europe']);
    expect(groups[1]?.zones).toEqual([
      { value: 'America/New_York', label: 'New York' },
      { value: 'America/Argentina/Salta', label: 'Argentina/Salta' },
    ]);
    expect(knownZones()).toContain('Europe/Oslo');
    expect(knownZones().filter((zone) => zone === 'UTC')).toEqual(['UTC']);
  });
});
