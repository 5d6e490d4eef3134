import type { Filter, FilterValue } from '../../core/types';
import { RangeFields } from './RangeFields';
import { ValueList } from './ValueList';
import { isRange } from './view';

interface FilterEditorProps {
  readonly filter: Filter;
  readonly value: FilterValue;
  readonly onChange: (value: FilterValue) => void;
}

/** The inside of one filter, the same in its popover and in the sheet. */
export function FilterEditor({ filter, value, onChange }: FilterEditorProps) {
  if (filter.kind === 'range') {
    return <RangeFields filter={filter} value={isRange(value) ? value : {}} onChange={onChange} />;
  }
  return <ValueList filter={filter} chosen={isRange(value) ? [] : value} onChange={onChange} />;
}
