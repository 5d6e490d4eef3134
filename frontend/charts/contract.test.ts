import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WIDGET_KINDS } from '../core/documents';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Members of the classes of a Python or TypeScript source, by class. */
function members(source: string, head: RegExp, member: RegExp): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of source.split('\n')) {
    const name = head.exec(line)?.[1];
    if (name) {
      current = [];
      found.set(name, current);
    }
    const field = member.exec(line)?.[1];
    if (field) current.push(field);
  }
  return found;
}

describe('options', () => {
  const python = members(
    read('../../src/nowboard/dashboards/options.py'),
    /^class (\w+)\(_Part/,
    /^ {4}(\w+): (?!ClassVar)/,
  );
  const source = read('./options.ts');
  const typescript = members(source, /^(?:export )?interface (\w+)/, /^ {2}readonly (\w+)\??:/);
  const shared = typescript.get('XYOptions') ?? [];

  it('are found on both sides', () => expect(python.size).toBeGreaterThan(20));

  it.each([...python.keys()])('%s are the ones the server checks', (name) => {
    const own = typescript.get(name);
    const inherited = source.includes(`interface ${name} extends XYOptions`) ? shared : [];
    expect([...(own ?? []), ...inherited]).toEqual(expect.arrayContaining([...(python.get(name) ?? ['missing'])]));
  });
});

it('knows the widget kinds of the server', () => {
  const source = read('../../src/nowboard/model/dashboards.py');
  const kinds = [...source.matchAll(/^ {4}[A-Z]+ = "(\w+)"$/gm)].map(([, kind]) => kind);
  expect([...WIDGET_KINDS].sort()).toEqual(kinds.sort());
});

describe('charts without a document', () => {
  const files = ['.', './model'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, import.meta.url)).map((file) => `${folder}/${file}`),
  );
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

  it.each(sources)('%s touches no window, document or timer', (file) => {
    const code = read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(code).not.toMatch(
      /\b(?:window|document|navigator|localStorage|setTimeout|setInterval|requestAnimationFrame|fetch)\s*[.(]/,
    );
    expect(code).not.toMatch(/^import (?!type\b).*from 'echarts'/m);
  });
});
