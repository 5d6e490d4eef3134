/** The values that a filter offers in the time range of the page, and what those it holds are called. */
import { useQuery } from '@tanstack/react-query';
import type { Filter, FilterValue, Value } from '../../core/types';
import { fieldValuesQuery } from '../api/values';
import { useScene } from './context';
import { filterSummary, valueText } from './filterText';
import { isRange } from './view';

/** `enabled` false waits: with nothing to show yet, nothing is asked. */
export function useFieldValues(filter: Filter, enabled = true) {
  const { document, window, zone } = useScene();
  const timezone = zone.zone === zone.own ? undefined : zone.zone;
  return useQuery({ ...fieldValuesQuery({ dashboard: document.id, field: filter.field, window, timezone }), enabled });
}

/** What a filter holds, in a few words: by name where its values have names. Null when it lets everything pass. */
export function useFilterSummary(filter: Filter, value: FilterValue): string | null {
  const named = Boolean(filter.label_field) && !isRange(value) && value.length > 0;
  const { data = [] } = useFieldValues(filter, named);
  const names = new Map(data.map(({ value: each, label }) => [each, label]));
  return filterSummary(value, (each: Value) => names.get(each) || valueText(each));
}
