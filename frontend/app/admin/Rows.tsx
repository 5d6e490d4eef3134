import { Button, TextInput } from '@mantine/core';
import forms from '../ui/Form.module.css';
import { IconButton } from '../ui/IconButton';

export interface KeyValue {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

interface RowsProps {
  readonly legend: string;
  readonly hint: string;
  readonly keyLabel: string;
  readonly valueLabel: string;
  readonly add: string;
  readonly rows: readonly KeyValue[];
  readonly onChange: (rows: readonly KeyValue[]) => void;
}

/** Pairs of a name and a value, as many as are wanted. */
export function Rows({ legend, hint, keyLabel, valueLabel, add, rows, onChange }: RowsProps) {
  const next = rows.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const change = (id: number, part: Partial<KeyValue>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <fieldset className={forms.group}>
      <legend className={forms.legend}>{legend}</legend>
      <span className={forms.hint}>{hint}</span>
      {rows.map(({ id, key, value }) => (
        <div key={id} className={forms.row}>
          <TextInput
            aria-label={keyLabel}
            placeholder={keyLabel}
            value={key}
            onChange={(event) => change(id, { key: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`${valueLabel} of ${key || 'the new row'}`}
            placeholder={valueLabel}
            value={value}
            flex="2 1 200px"
            onChange={(event) => change(id, { value: event.currentTarget.value })}
          />
          <IconButton
            icon="close"
            label={`Remove ${key || 'the row'}`}
            onClick={() => onChange(rows.filter((row) => row.id !== id))}
          />
        </div>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onChange([...rows, { id: next, key: '', value: '' }])}
        >
          {add}
        </Button>
      </div>
    </fieldset>
  );
}
