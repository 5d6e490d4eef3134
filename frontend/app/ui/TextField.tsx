import { TextInput, type TextInputProps } from '@mantine/core';

interface TextFieldProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A line of text. What is needed is the rule here, so it carries no asterisk. */
export function TextField({ onChange, ...rest }: TextFieldProps) {
  return <TextInput withAsterisk={false} {...rest} onChange={(event) => onChange(event.currentTarget.value)} />;
}
