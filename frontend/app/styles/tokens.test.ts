import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { themeFor, tokens } from '../../charts/index';

const css = readFileSync(fileURLToPath(new URL('./tokens.css', import.meta.url)), 'utf8');
const [light = '', dark = ''] = css.split(':root[data-mantine-color-scheme="dark"]');

describe('tokens.css', () => {
  it.each([
    ['light', light],
    ['dark', dark],
  ] as const)('has the colours of the %s charts', (name, block) => {
    for (const [token, color] of Object.entries(tokens(themeFor(name)))) {
      expect(block).toContain(`${token}: ${color};`);
    }
  });
});
