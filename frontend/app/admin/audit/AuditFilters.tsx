import { NativeSelect, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { AuditSearch } from '../../api/audit';
import styles from './Audit.module.css';
import { ACTIONS } from './words';

interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly onChange: (search: AuditSearch) => void;
}

const DAY_MS = 86_400_000;
const SINCE = [
  { value: '', label: 'Any time' },
  { value: '1', label: 'Last day' },
  { value: '7', label: 'Last week' },
  { value: '30', label: 'Last 30 days' },
];
const OUTCOMES = [
  { value: '', label: 'Any outcome' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
  { value: 'failed', label: 'Failed' },
];

const daysOf = ({ from }: AuditSearch): string =>
  from === null ? '' : String(Math.max(1, Math.round((Date.now() - from) / DAY_MS)));

/** Narrows the log; what is typed is looked for as it stands. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const actions = useId();
  const change = (part: Partial<AuditSearch>): void => onChange({ ...search, ...part });
  return (
    <div className={styles.filters} role="search" aria-label="Narrow the log">
      <TextInput
        label="Action"
        placeholder="Any action"
        list={actions}
        value={search.action}
        onChange={(event) => change({ action: event.currentTarget.value })}
      />
      <TextInput
        label="User or token"
        placeholder="Id"
        value={search.principal}
        onChange={(event) => change({ principal: event.currentTarget.value })}
      />
      <TextInput
        label="Object"
        placeholder="Id"
        value={search.object}
        onChange={(event) => change({ object: event.currentTarget.value })}
      />
      <datalist id={actions}>
        {ACTIONS.map(([action, words]) => (
          <option key={action} value={action}>
            {words}
          </option>
        ))}
      </datalist>
      <NativeSelect
        label="Outcome"
        data={OUTCOMES}
        value={search.outcome}
        onChange={(event) => change({ outcome: event.currentTarget.value })}
      />
      <NativeSelect
        label="When"
        data={SINCE}
        value={daysOf(search)}
        onChange={(event) => {
          const days = event.currentTarget.value;
          change({ from: days === '' ? null : Date.now() - Number(days) * DAY_MS });
        }}
      />
    </div>
  );
}
