/** Outlines of the maps that ship with the page; each is loaded when a widget first needs it. */
import { type Region, registerMapOutline } from '../../charts/index';

type RegisterMap = Parameters<typeof registerMapOutline>[0];
type Outline = Parameters<typeof registerMapOutline>[2];

const OUTLINES: Readonly<Record<Region, () => Promise<unknown>>> = {
  us: async () => (await import('us-atlas/states-10m.json')).default,
  world: async () => (await import('world-atlas/countries-110m.json')).default,
};

const registered = new Map<Region, Promise<void>>();

/** Registers the outline of `region` with ECharts, once. */
export function ensureMap(region: Region, register: RegisterMap): Promise<void> {
  const held = registered.get(region);
  if (held) return held;
  const loading = OUTLINES[region]().then((outline) => registerMapOutline(register, region, outline as Outline));
  registered.set(region, loading);
  // A failed download may work the next time.
  loading.catch(() => registered.delete(region));
  return loading;
}
