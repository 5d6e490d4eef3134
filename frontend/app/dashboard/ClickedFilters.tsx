import { Button } from '@mantine/core';
import { Icon } from '../ui/Icon';
import { useScene } from './context';
import type { FilterProps } from './FilterBar';
import { filterSummary } from './filterText';

/** Filters that came from clicks on fields without a filter of their own; each can be lifted. */
export function ClickedFilters({ chosen, change }: Pick<FilterProps, 'chosen' | 'change'>) {
  const { document } = useScene();
  const own = new Set((document.filters ?? []).map(({ field }) => field));
  return Object.entries(chosen).map(([field, value]) => {
    const summary = own.has(field) ? null : filterSummary(value);
    if (summary === null) return null;
    const { [field]: _, ...others } = chosen;
    return (
      <Button
        key={field}
        size="compact-md"
        variant="light"
        rightSection={<Icon name="close" size={14} />}
        aria-label={`Lift the filter ${field}: ${summary}`}
        onClick={() => change({ filters: others })}
      >
        {field} {summary}
      </Button>
    );
  });
}
