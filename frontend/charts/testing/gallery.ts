/** One example per kind, and the cases that are easy to get wrong. */
import { bars, shares } from './gallery-bars';
import { grids, maps } from './gallery-grids';
import { lines } from './gallery-lines';
import type { Example } from './shared';

/** Every example, in the order of the kinds. */
export const gallery = (): readonly Example[] => [...lines(), ...bars(), ...shares(), ...grids(), ...maps()];
