/** How a KPI writes its number. */
import type { KpiModel } from '../../charts/index';

/** Longer ones do not fit beside a unit at the size of a KPI. */
const MOST = 9;

/** Every digit, so that a live count is seen to move; null when the short form says as much, or the long one is too long. */
export function everyDigit({ number, unit, exact }: Pick<KpiModel, 'number' | 'unit' | 'exact'>): string | null {
  const shortened = /\d\s?[kMBT]$/.test(number);
  if (!shortened) return null;
  const digits = (unit !== '' && exact.endsWith(unit) ? exact.slice(0, -unit.length) : exact).trim();
  return /^[\d.,'\s\u2212-]+$/.test(digits) && digits.length <= MOST ? digits : null;
}
