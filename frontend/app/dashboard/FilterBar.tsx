import { Button } from '@mantine/core';
import type { Filters } from '../../core/types';
import { ClickedFilters } from './ClickedFilters';
import { useScene } from './context';
import { FilterButton } from './FilterButton';
import styles from './Filters.module.css';
import type { ChangeView } from './useView';

export interface FilterProps {
  /** What holds now, with defaults. */
  readonly filters: Filters;
  /** What the viewer chose. */
  readonly chosen: Filters;
  readonly change: ChangeView;
}

/** The dashboard's filters in a line above the grid. */
export function FilterBar({ filters, chosen, change }: FilterProps) {
  const { document } = useScene();
  const touched = Object.keys(chosen).length > 0;
  return (
    <fieldset className={styles.bar}>
      <legend className="nb-hidden">Filters</legend>
      {(document.filters ?? []).map((filter) => (
        <FilterButton
          key={filter.field}
          filter={filter}
          value={filters[filter.field] ?? []}
          onChange={(value) => change({ filters: { ...chosen, [filter.field]: value } })}
        />
      ))}
      <ClickedFilters chosen={chosen} change={change} />
      {touched ? (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => change({ filters: {} })}>
          Clear all
        </Button>
      ) : null}
    </fieldset>
  );
}
