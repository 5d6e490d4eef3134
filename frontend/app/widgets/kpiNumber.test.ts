import { describe, expect, it } from 'vitest';
import { kpiModel, themeFor } from '../../charts/index';
import { createFormats } from '../../core/index';
import type { Column, Result } from '../../core/types';
import { everyDigit } from './kpiNumber';

const formats = createFormats({ locale: 'en-GB', timezone: 'UTC' });
const context = { theme: themeFor('light'), formats, width: 300, height: 100, reducedMotion: false, now: 0 };

const shown = (value: number, column: Partial<Column> = {}): string | null => {
  const main: Result = {
    columns: [{ name: 'm', type: 'integer', role: 'measure', ...column }],
    rows: [[value]],
    epoch: 'e',
    offset: 1,
    asOf: 0,
    key: [],
    order: [],
    limit: null,
    mode: 'live',
    approximate: [],
    window: null,
    grain: null,
    timezone: null,
    truncated: false,
  };
  const model = kpiModel({ id: 'w', kind: 'kpi' }, { main, parts: {} }, context);
  return model === null ? null : everyDigit(model);
};

describe('a live count', () => {
  it('shows every digit while it fits', () => {
    expect(shown(29_146, { unit: 'flights' })).toBe('29,146');
    expect(shown(29_146)).toBe('29,146');
    expect(shown(3_104_221)).toBe('3,104,221');
  });

  it('stays short where it is short already, or too long', () => {
    expect(shown(812)).toBeNull();
    expect(shown(23_104_221)).toBeNull();
    expect(shown(0.82, { type: 'float', format: 'percent' })).toBeNull();
  });
});
