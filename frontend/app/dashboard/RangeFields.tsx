import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Filter, Range, Value } from '../../core/types';
import styles from './Filters.module.css';
import { filterLabel } from './filterText';
import { readValue } from './view';

interface RangeFieldsProps {
  readonly filter: Filter;
  readonly value: Range;
  readonly onChange: (value: Range) => void;
}

const text = (value: Value | undefined): string => (value == null ? '' : String(value));

/** Smallest and largest value, both included; a side left empty is open. */
export function RangeFields({ filter, value, onChange }: RangeFieldsProps) {
  const [min, setMin] = useState(text(value.min));
  const [max, setMax] = useState(text(value.max));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange({
      ...(min.trim() === '' ? {} : { min: readValue(min.trim()) }),
      ...(max.trim() === '' ? {} : { max: readValue(max.trim()) }),
    });
  };
  const label = filterLabel(filter);
  return (
    <form className={styles.range} onSubmit={submit}>
      <TextInput
        label="From"
        aria-label={`${label} from`}
        size="sm"
        inputMode="decimal"
        value={min}
        onChange={(event) => setMin(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label="Up to"
        aria-label={`${label} up to`}
        size="sm"
        inputMode="decimal"
        value={max}
        onChange={(event) => setMax(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="sm">
        Apply
      </Button>
    </form>
  );
}
