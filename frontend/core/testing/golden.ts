/** The golden files of the wire contract, shared with the tests of the server. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../protocol/examples/', import.meta.url);

export interface Golden {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export function golden(prefix: string): readonly Golden[] {
  const files = readdirSync(folder).filter((file) => file.startsWith(prefix) && file.endsWith('.json'));
  return files.map((file) => ({ file, content: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }));
}
