import { NativeSelect } from '@mantine/core';

const DAY_MS = 86_400_000;
const CHOICES = [
  { value: '1', label: 'After a day' },
  { value: '7', label: 'After a week' },
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
  { value: '365', label: 'After a year' },
  { value: '', label: 'Never' },
];

interface ExpiryProps {
  /** Days, or nothing for ever. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** When something that is handed out stops to work. */
export function Expiry({ value, onChange }: ExpiryProps) {
  return (
    <NativeSelect
      label="Stops working"
      data={CHOICES}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** As requests say it. */
export const expiresAt = (days: string): { expires_at?: number } =>
  days === '' ? {} : { expires_at: Date.now() + Number(days) * DAY_MS };
