import { type KeyValue, Rows } from './Rows';

interface AttributeRowsProps {
  readonly rows: readonly KeyValue[];
  readonly onChange: (rows: readonly KeyValue[]) => void;
}

/** What a user's role knows of the user. */
export function AttributeRows(props: AttributeRowsProps) {
  return (
    <Rows
      legend="Attributes"
      hint="Values that the conditions of the role name, such as vessels: v1, v2."
      keyLabel="Name"
      valueLabel="Value"
      add="Add an attribute"
      {...props}
    />
  );
}
