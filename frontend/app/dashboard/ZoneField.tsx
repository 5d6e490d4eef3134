import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { useScene } from './context';
import { BROWSER_ZONE, browserZone, knownZones, OWN_ZONE, zoneGroups, zoneWords } from './zones';

/** In which zone times are shown and days begin; this browser remembers it for all dashboards. */
export function ZoneField() {
  const { zone } = useScene();
  const groups = useMemo(() => zoneGroups(knownZones()), []);
  return (
    <NativeSelect
      label="Time zone"
      size="sm"
      value={zone.choice}
      onChange={(event) => zone.choose(event.currentTarget.value)}
    >
      <option value={OWN_ZONE}>Dashboard: {zoneWords(zone.own)}</option>
      <option value={BROWSER_ZONE}>This browser: {zoneWords(browserZone())}</option>
      {groups.map(({ label, zones }) => (
        <optgroup key={label} label={label}>
          {zones.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </optgroup>
      ))}
    </NativeSelect>
  );
}
