/** Instants of lists, in words. */
import { age } from '../../core/times';

const MINUTE_MS = 60_000;
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** `3 min ago`; both in milliseconds since the epoch. */
export const ago = (at: number, now: number): string => (now - at < MINUTE_MS ? 'just now' : `${age(now - at)} ago`);

export const instant = (at: number): string => full.format(at);
export const date = (at: number): string => day.format(at);
