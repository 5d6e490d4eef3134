import { Button, NativeSelect } from '@mantine/core';
import forms from '../ui/Form.module.css';
import { IconButton } from '../ui/IconButton';
import { TextField } from '../ui/TextField';

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
  /** The values there are; without them, any text. The first is that of a new row. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly rows: readonly KeyValue[];
  readonly onChange: (rows: readonly KeyValue[]) => void;
}

/** Pairs of a name and a value, as many as are wanted. */
export function Rows({ legend, hint, keyLabel, valueLabel, add, choices, rows, onChange }: RowsProps) {
  const next = rows.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const change = (id: number, part: Partial<KeyValue>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <fieldset className={forms.group}>
      <legend className={forms.legend}>{legend}</legend>
      <span className={forms.hint}>{hint}</span>
      {rows.map(({ id, key, value }) => (
        <div key={id} className={forms.row}>
          <TextField
            aria-label={keyLabel}
            placeholder={keyLabel}
            value={key}
            onChange={(text) => change(id, { key: text })}
          />
          {choices ? (
            <NativeSelect
              aria-label={`${valueLabel} of ${key || 'the new row'}`}
              data={[...choices]}
              value={value}
              flex="2 1 200px"
              onChange={(event) => change(id, { value: event.currentTarget.value })}
            />
          ) : (
            <TextField
              aria-label={`${valueLabel} of ${key || 'the new row'}`}
              placeholder={valueLabel}
              value={value}
              flex="2 1 200px"
              onChange={(text) => change(id, { value: text })}
            />
          )}
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
          onClick={() => onChange([...rows, { id: next, key: '', value: choices?.[0]?.value ?? '' }])}
        >
          {add}
        </Button>
      </div>
    </fieldset>
  );
}
