import { Popover, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Icon } from '../ui/Icon';
import styles from './DataGrid.module.css';
import type { GridHead } from './grid';

interface GridHeadCellProps {
  readonly head: GridHead;
  readonly sorted: 'ascending' | 'descending' | 'none';
  readonly filter: string;
  readonly narrow: boolean;
  readonly onSort: () => void;
  readonly onFilter: (typed: string) => void;
}

function HeadFilter({ head, filter, onFilter }: Pick<GridHeadCellProps, 'head' | 'filter' | 'onFilter'>) {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onDismiss={close} position="bottom-end" trapFocus returnFocus width={200} withRoles>
      <Popover.Target>
        <button
          type="button"
          className={styles.filter}
          data-active={filter !== '' || undefined}
          aria-label={`Filter ${head.title}`}
          onClick={toggle}
        >
          <Icon name="filter" size={13} />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Filter ${head.title}`}>
        <TextInput
          aria-label={`Rows whose ${head.title} has`}
          placeholder={head.numeric ? '>10, 5..20' : 'Contains'}
          size="sm"
          value={filter}
          onChange={(event) => onFilter(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && close()}
          data-autofocus
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** The head of a column: its name and unit, which way it sorts, and a filter. */
export function GridHeadCell({ head, sorted, filter, narrow, onSort, onFilter }: GridHeadCellProps) {
  return (
    <th scope="col" data-align={head.align} data-narrow={narrow || undefined} aria-sort={sorted}>
      <div className={styles.head}>
        <button type="button" className={styles.sort} onClick={onSort} title={head.title}>
          <span className={styles.name}>
            {head.title}
            {head.unit === '' ? null : <span className={styles.unit}> {head.unit}</span>}
          </span>
          {sorted === 'none' ? null : <Icon name={sorted === 'ascending' ? 'sortUp' : 'sortDown'} size={13} />}
        </button>
        <HeadFilter head={head} filter={filter} onFilter={onFilter} />
      </div>
    </th>
  );
}
