import { Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Filter, FilterValue } from '../../core/types';
import { Icon } from '../ui/Icon';
import { FilterEditor } from './FilterEditor';
import styles from './Filters.module.css';
import { filterLabel } from './filterText';
import { useFilterSummary } from './useFieldValues';

interface FilterButtonProps {
  readonly filter: Filter;
  readonly value: FilterValue;
  readonly onChange: (value: FilterValue) => void;
}

/** One filter: its name and what it holds; the editor opens below. */
export function FilterButton({ filter, value, onChange }: FilterButtonProps) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const summary = useFilterSummary(filter, value);
  const label = filterLabel(filter);
  return (
    <div className={styles.filter} data-active={summary !== null || undefined}>
      <Popover position="bottom-start" opened={opened} onDismiss={close} trapFocus returnFocus withRoles width={320}>
        <Popover.Target>
          <button type="button" className={styles.button} onClick={toggle}>
            <span className={styles.label}>{label}</span>
            <span className={styles.summary}>{summary ?? 'All'}</span>
            {summary === null ? <Icon name="chevronDown" size={14} /> : null}
          </button>
        </Popover.Target>
        <Popover.Dropdown className={styles.dropdown} aria-label={label}>
          <FilterEditor filter={filter} value={value} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      {summary === null ? null : (
        <button
          type="button"
          className={styles.clear}
          aria-label={`Clear ${label}`}
          onClick={() => onChange(filter.kind === 'range' ? {} : [])}
        >
          <Icon name="close" size={14} />
        </button>
      )}
    </div>
  );
}
