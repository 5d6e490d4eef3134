/** Between objects of documents and the rows in which people write them. */
import type { KeyValue } from './Rows';

/** JSON where it is JSON, a list where there are commas, text otherwise. */
export function readCell(text: string): unknown {
  const trimmed = text.trim();
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    if (!trimmed.includes(',')) return trimmed;
    return trimmed
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(readCell);
  }
}

const isPlain = (value: unknown): value is string => typeof value === 'string' && readCell(value) === value;

export function writeCell(value: unknown): string {
  if (isPlain(value)) return value;
  // A list of one would be read as its member.
  if (Array.isArray(value) && value.length > 1 && value.every(isPlain)) return value.join(', ');
  return JSON.stringify(value);
}

export const toRows = (object: Readonly<Record<string, unknown>>): readonly KeyValue[] =>
  Object.entries(object).map(([key, value], id) => ({ id, key, value: writeCell(value) }));

/** Rows without a name say nothing. */
export const fromRows = (rows: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(
    rows.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), readCell(value)]),
  );

export const fromTextRows = (rows: readonly KeyValue[]): Record<string, string> =>
  Object.fromEntries(rows.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), value.trim()]));

export const toTextRows = (object: Readonly<Record<string, string>>): readonly KeyValue[] =>
  Object.entries(object).map(([key, value], id) => ({ id, key, value }));
