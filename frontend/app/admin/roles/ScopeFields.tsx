import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import forms from '../../ui/Form.module.css';
import { IconButton } from '../../ui/IconButton';
import { type KeyValue, Rows } from '../Rows';
import type { ScopeDraft } from './scope';
import { MASK_WORDS } from './words';

interface ScopeFieldsProps {
  readonly draft: ScopeDraft;
  readonly onChange: (draft: ScopeDraft) => void;
}

const MASKS = Object.entries(MASK_WORDS).map(([value, label]) => ({ value, label }));

interface MaskRowsProps {
  readonly rows: readonly KeyValue[];
  readonly onChange: (rows: readonly KeyValue[]) => void;
}

function MaskRows({ rows, onChange }: MaskRowsProps) {
  const change = (id: number, part: Partial<KeyValue>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const next = rows.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  return (
    <fieldset className={forms.group}>
      <legend className={forms.legend}>Masks</legend>
      <span className={forms.hint}>What is shown in place of personal fields, by their PII tag.</span>
      {rows.map(({ id, key, value }) => (
        <div key={id} className={forms.row}>
          <TextInput
            aria-label="PII tag"
            placeholder="PII tag"
            value={key}
            onChange={(event) => change(id, { key: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label={`Mask of ${key || 'the new row'}`}
            data={MASKS}
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
          onClick={() => onChange([...rows, { id: next, key: '', value: 'hide' }])}
        >
          Add a mask
        </Button>
      </div>
    </fieldset>
  );
}

/** Which rows and columns exist for somebody. */
export function ScopeFields({ draft, onChange }: ScopeFieldsProps) {
  const change = (part: Partial<ScopeDraft>): void => onChange({ ...draft, ...part });
  return (
    <>
      <Checkbox
        label="All streams and tables that are not named below"
        checked={draft.everything}
        onChange={(event) => change({ everything: event.currentTarget.checked })}
      />
      <Rows
        legend="Rows"
        hint="For a stream or table, the SQL condition that its rows satisfy; true for all of them."
        keyLabel="Stream"
        valueLabel="Condition"
        add="Add a stream"
        rows={draft.streams}
        onChange={(streams) => change({ streams })}
      />
      <Rows
        legend="Attributes"
        hint="Values that conditions name with a colon. Those of a user come from the user."
        keyLabel="Name"
        valueLabel="Value"
        add="Add an attribute"
        rows={draft.attributes}
        onChange={(attributes) => change({ attributes })}
      />
      <MaskRows rows={draft.masks} onChange={(masks) => change({ masks })} />
    </>
  );
}
