/** Filters in words. */
import type { Filter, FilterValue, Value } from '../../core/types';
import type { FieldValue } from '../api/values';
import { isRange } from './view';

export const filterLabel = (filter: Filter): string => {
  if (filter.label) return filter.label;
  const words = filter.field.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const valueText = (value: Value): string => {
  if (value === null) return 'No value';
  if (value === true) return 'Yes';
  if (value === false) return 'No';
  return value === '' ? 'Empty' : String(value);
};

const SHOWN = 2;

/** What a filter holds, short enough for its button; null when it lets everything pass. `nameOf` a value is what it is called. */
export function filterSummary(value: FilterValue, nameOf: (value: Value) => string = valueText): string | null {
  if (!isRange(value)) {
    if (value.length === 0) return null;
    const shown = value.slice(0, SHOWN).map(nameOf).join(', ');
    return value.length > SHOWN ? `${shown} +${value.length - SHOWN}` : shown;
  }
  const { min = null, max = null } = value;
  if (min !== null && max !== null) return `${valueText(min)} to ${valueText(max)}`;
  if (min !== null) return `from ${valueText(min)}`;
  return max === null ? null : `up to ${valueText(max)}`;
}

/** Adds or takes away one value; with `multiple` false the new value replaces the old one. */
export function toggleValue(held: readonly Value[], value: Value, multiple: boolean): readonly Value[] {
  if (held.includes(value)) return held.filter((each) => each !== value);
  return multiple ? [...held, value] : [value];
}

const MOST_OFFERED = 100;

/**
 * Values that match `search` by themselves or by their label: chosen ones first, even when the data no longer has them;
 * then those found, most frequent first. A label that only repeats its value is left out.
 */
export function offered(found: readonly FieldValue[], chosen: readonly Value[], search: string): readonly FieldValue[] {
  const missing = chosen.filter((value) => !found.some((each) => each.value === value));
  const all = [...missing.map((value): FieldValue => ({ value, rows: 0 })), ...found];
  const text = search.trim().toLocaleLowerCase();
  const matches = ({ value, label = '' }: FieldValue): boolean =>
    [valueText(value), label].some((words) => words.toLocaleLowerCase().includes(text));
  return all
    .filter(matches)
    .slice(0, MOST_OFFERED)
    .map(({ label, ...each }) => (label && label !== valueText(each.value) ? { ...each, label } : each));
}
