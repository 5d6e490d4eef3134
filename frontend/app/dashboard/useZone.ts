/** The zone in which this browser reads dashboards, remembered from visit to visit. */
import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Dashboard } from '../../core/types';
import { browserZone, OWN_ZONE, zoneFor } from './zones';

export interface ZoneControl {
  /** In force: the name of a zone. */
  readonly zone: string;
  /** The dashboard's own. */
  readonly own: string;
  readonly choice: string;
  readonly choose: (choice: string) => void;
}

/** Where the time range is locked, so is the zone: where a day begins would move the range. */
export function useZone({ timezone, locked }: Dashboard): ZoneControl {
  const [choice, choose] = useLocalStorage({
    key: 'nowboard-zone',
    defaultValue: OWN_ZONE,
    getInitialValueInEffect: false,
    serialize: String,
    deserialize: (text) => text ?? OWN_ZONE,
  });
  const own = timezone ?? 'UTC';
  const zone = locked ? own : zoneFor(choice, own, browserZone());
  return useMemo(() => ({ zone, own, choice, choose }), [zone, own, choice, choose]);
}
