import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Window } from '../../core/types';
import { rangeProblem } from './presets';
import styles from './TimeRange.module.css';
import { toInput, toInstant } from './zoned';

interface CustomRangeProps {
  readonly window: Window;
  readonly zone: string;
  readonly onChoose: (window: Window) => void;
}

/** From and to as clock times in the dashboard's zone. */
export function CustomRange({ window, zone, onChoose }: CustomRangeProps) {
  const [from, setFrom] = useState(toInput(window.from ?? '', zone));
  const [to, setTo] = useState(toInput(window.to ?? '', zone));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const start = toInstant(from, zone);
    const end = toInstant(to, zone);
    const found = rangeProblem(start, end);
    setProblem(found);
    if (found === null) onChoose({ ...(start ? { from: start } : {}), ...(end ? { to: end } : {}) });
  };
  return (
    <form className={styles.custom} onSubmit={submit}>
      <TextInput
        type="datetime-local"
        label="From"
        size="sm"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label="To (excluded)"
        size="sm"
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" variant="default">
        Apply
      </Button>
      {problem === null ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
