import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx$/.test(file));

interface Use {
  readonly file: string;
  readonly sheet: string;
  readonly used: readonly string[];
}

const uses: readonly Use[] = sources.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const sheet = /import styles from '(.+\.module\.css)'/.exec(text)?.[1];
  if (sheet === undefined) return [];
  const used = [...text.matchAll(/\bstyles\.(\w+)/g)].map((match) => match[1] ?? '');
  return [{ file, sheet: join(ROOT, dirname(file), sheet), used }];
});

describe('class names', () => {
  it.each(uses)('$file uses only classes that its style sheet has', ({ sheet, used }) => {
    const css = readFileSync(sheet, 'utf8');
    const missing = used.filter((name) => !new RegExp(`\\.${name}(?![\\w-])`).test(css));
    expect(missing).toEqual([]);
  });
});

describe('component files', () => {
  it.each(sources.filter((file) => !file.includes('.test.')))('%s has at most 120 lines', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split('\n').length).toBeLessThanOrEqual(121);
  });
});
