import { Checkbox } from '@mantine/core';
import { Rows } from '../Rows';
import type { ScopeDraft } from './scope';
import { MASK_WORDS } from './words';

interface ScopeFieldsProps {
  readonly draft: ScopeDraft;
  readonly onChange: (draft: ScopeDraft) => void;
}

const MASKS = Object.entries(MASK_WORDS).map(([value, label]) => ({ value, label }));

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
      <Rows
        legend="Masks"
        hint="What is shown in place of personal fields, by their PII tag."
        keyLabel="PII tag"
        valueLabel="Mask"
        add="Add a mask"
        choices={MASKS}
        rows={draft.masks}
        onChange={(masks) => change({ masks })}
      />
    </>
  );
}
