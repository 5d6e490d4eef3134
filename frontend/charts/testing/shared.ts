/** What several examples share. */
import type { Widget } from '../../core/documents';
import type { Row } from '../../core/values';
import type { Frames } from '../context';
import { dice, HOUR, measured, START } from './fixtures';

export interface Example {
  readonly widget: Widget;
  readonly frames: Frames;
  readonly width?: number;
  readonly height?: number;
}

export const CARRIERS = [
  'United',
  'JetBlue',
  'ExpressJet',
  'Delta',
  'American',
  'Envoy',
  'US Airways',
  'Endeavor',
  'Southwest',
  'Virgin America',
];
export const hours = Array.from({ length: 24 }, (_, hour) => hour);
export const flights = measured('flights', { label: 'Departures', type: 'integer', format: 'integer' });
export const delay = measured('delay', { label: 'Average delay', unit: 'min', decimals: 1 });
export const roll = dice(42);

export const hourly = (value: (hour: number) => Row): Row[] =>
  hours.slice(0, 19).map((hour) => [START + hour * HOUR, ...value(hour)]);
export const grain = { grain: '1h', asOf: START + 18.4 * HOUR };
