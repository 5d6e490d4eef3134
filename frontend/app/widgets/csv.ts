/** Rows as CSV (RFC 4180), safe to open in a spreadsheet. */
import type { FieldType, Value } from '../../core/types';

export interface CsvColumn {
  readonly label: string;
  readonly type: FieldType;
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const cell = (value: Value | undefined, type: FieldType): string => {
  if (value === null || value === undefined) return '';
  if (type === 'timestamp' && typeof value === 'number') return new Date(value).toISOString();
  if (typeof value !== 'string' || type === 'decimal' || type === 'integer') return String(value);
  // A leading sign would make a spreadsheet run the text as a formula.
  return quote(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
};

/** Head and rows, exact values, times as UTC instants. */
export function toCsv(columns: readonly CsvColumn[], rows: readonly (readonly Value[])[]): string {
  const head = columns.map((column) => quote(column.label)).join(',');
  const lines = rows.map((row) => columns.map((column, index) => cell(row[index], column.type)).join(','));
  return `${[head, ...lines].join('\r\n')}\r\n`;
}

/** A file name from a title: `On-time departures` becomes `on-time-departures.csv`. */
export function csvName(title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/[\s_]+/g, '-')
    .toLowerCase();
  return `${slug === '' ? 'widget' : slug}.csv`;
}
