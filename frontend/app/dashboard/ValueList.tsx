import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Filter, Value } from '../../core/types';
import { VALUES_LIMIT } from '../api/values';
import { Icon } from '../ui/Icon';
import { useScene } from './context';
import styles from './Filters.module.css';
import { filterLabel, offered, toggleValue, valueText } from './filterText';
import { useFieldValues } from './useFieldValues';

interface ValueListProps {
  readonly filter: Filter;
  readonly chosen: readonly Value[];
  readonly onChange: (value: readonly Value[]) => void;
}

/** The values of a field with their number of events, to search and tick. */
export function ValueList({ filter, chosen, onChange }: ValueListProps) {
  const { formats } = useScene();
  const [search, setSearch] = useState('');
  const values = useFieldValues(filter);
  const combobox = useCombobox({ opened: true });
  const multiple = filter.multiple !== false;
  const shown = offered(values.data ?? [], chosen, search);
  const { selectFirstOption } = combobox;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new search starts at the top
  useEffect(() => {
    selectFirstOption();
  }, [search]);

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(index) => {
        const option = shown[Number(index)];
        if (option) onChange(toggleValue(chosen, option.value, multiple));
      }}
    >
      <Combobox.EventsTarget>
        <TextInput
          aria-label={`Search ${filterLabel(filter)}`}
          placeholder="Search"
          size="sm"
          leftSection={<Icon name="search" size={16} />}
          rightSection={values.isFetching ? <Loader size={14} /> : null}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-autofocus
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={styles.values} aria-label={filterLabel(filter)} aria-multiselectable={multiple}>
        {shown.map(({ value, rows, label }, index) => (
          <Combobox.Option
            key={JSON.stringify(value)}
            value={String(index)}
            selected={chosen.includes(value)}
            className={styles.value}
          >
            <span className={styles.tick}>{chosen.includes(value) ? <Icon name="check" size={16} /> : null}</span>
            <span className={styles.name} title={label}>
              <span className={label === undefined ? undefined : styles.code}>{valueText(value)}</span>
              {label === undefined ? null : <span className={styles.called}> {label}</span>}
            </span>
            <span className={`${styles.rows} nb-number`}>{rows > 0 ? formats.exact(rows) : ''}</span>
          </Combobox.Option>
        ))}
      </Combobox.Options>
      {values.isError ? <p className={styles.note}>The values could not be loaded: {values.error.message}</p> : null}
      {values.isSuccess && shown.length === 0 ? (
        <p className={styles.note}>No value matches in this time range.</p>
      ) : null}
      {(values.data?.length ?? 0) >= VALUES_LIMIT ? (
        <p className={styles.note}>The {VALUES_LIMIT} most frequent values are offered.</p>
      ) : null}
    </Combobox>
  );
}
