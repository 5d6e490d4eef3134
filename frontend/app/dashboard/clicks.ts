/** What a click on a mark or a row does. Pure, so that every case can be tested. */
import type { Clicks, Filters, FilterValue, Result, Row, Value } from '../../core/types';

export type ClickEffect =
  | { readonly kind: 'filter'; readonly field: string; readonly value: Value }
  | { readonly kind: 'go'; readonly dashboard: string; readonly filters: Filters };

const cellOf = (result: Result, row: Row, column: string): Value | undefined => {
  const index = result.columns.findIndex(({ name }) => name === column);
  return index < 0 ? undefined : row[index];
};

/** What clicking `row` of a widget's result does; null where nothing comes of it. */
export function clickEffect(clicks: Clicks, result: Result, row: Row): ClickEffect | null {
  if (clicks.filter) {
    const value = cellOf(result, row, clicks.column ?? clicks.filter);
    return value === undefined ? null : { kind: 'filter', field: clicks.filter, value };
  }
  if (!clicks.dashboard) return null;
  const filters: Record<string, FilterValue> = {};
  for (const [field, source] of Object.entries(clicks.filters ?? {})) {
    if (typeof source !== 'string') {
      filters[field] = source;
      continue;
    }
    const value = cellOf(result, row, source);
    if (value !== undefined) filters[field] = [value];
  }
  return { kind: 'go', dashboard: clicks.dashboard, filters };
}

/** `filters` narrowed to one value of a field; the same value again lifts it. */
export function toggled(filters: Filters, field: string, value: Value): Filters {
  const held = filters[field];
  const same = Array.isArray(held) && held.length === 1 && held[0] === value;
  return { ...filters, [field]: same ? [] : [value] };
}
