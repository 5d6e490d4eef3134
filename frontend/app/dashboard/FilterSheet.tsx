import { Button, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Filter, FilterValue } from '../../core/types';
import { Icon } from '../ui/Icon';
import { ClickedFilters } from './ClickedFilters';
import { useScene } from './context';
import type { FilterProps } from './FilterBar';
import { FilterEditor } from './FilterEditor';
import styles from './Filters.module.css';
import { filterLabel } from './filterText';
import { useFilterSummary } from './useFieldValues';
import { activeCount } from './view';

interface SectionProps {
  readonly filter: Filter;
  readonly value: FilterValue;
  readonly onChange: (value: FilterValue) => void;
}

function Section({ filter, value, onChange }: SectionProps) {
  return (
    <details className={styles.section}>
      <summary>
        <span>{filterLabel(filter)}</span>
        <span className={styles.summary}>{useFilterSummary(filter, value) ?? 'All'}</span>
      </summary>
      <FilterEditor filter={filter} value={value} onChange={onChange} />
    </details>
  );
}

/** The same filters on phones: one button, and a sheet from below. */
export function FilterSheet({ filters, chosen, change }: FilterProps) {
  const { document } = useScene();
  const [opened, { open, close }] = useDisclosure(false);
  const active = activeCount(filters);
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<Icon name="adjustments" size={16} />}
        onClick={open}
        aria-label={active === 0 ? 'Filters' : `Filters, ${active} active`}
      >
        Filters{active === 0 ? '' : ` · ${active}`}
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        position="bottom"
        size="85%"
        title="Filters"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={styles.sheet}>
          {(document.filters ?? []).map((filter) => (
            <Section
              key={filter.field}
              filter={filter}
              value={filters[filter.field] ?? []}
              onChange={(value) => change({ filters: { ...chosen, [filter.field]: value } })}
            />
          ))}
        </div>
        <ClickedFilters chosen={chosen} change={change} />
        <div className={styles.sheetFoot}>
          <Button variant="default" onClick={() => change({ filters: {} })}>
            Clear all
          </Button>
          <Button onClick={close}>Show results</Button>
        </div>
      </Drawer>
    </>
  );
}
