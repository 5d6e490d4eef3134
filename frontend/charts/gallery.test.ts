import { readFileSync } from 'node:fs';
import * as echarts from 'echarts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataTable } from './datatable';
import { registerMapOutline } from './maps';
import { chartOption } from './option';
import { measureText } from './platform';
import { summarize } from './summary';
import { context } from './testing/fixtures';
import { gallery } from './testing/gallery';
import { themeFor } from './theme';

const outline = (file: string) => JSON.parse(readFileSync(new URL(`../node_modules/${file}`, import.meta.url), 'utf8'));
const spoken = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];

beforeAll(() => {
  echarts.setPlatformAPI({ measureText });
  registerMapOutline(echarts.registerMap, 'us', outline('us-atlas/states-10m.json'));
  registerMapOutline(echarts.registerMap, 'world', outline('world-atlas/countries-110m.json'));
});

afterAll(() => {
  for (const spy of spoken) spy.mockRestore();
});

const examples = gallery().map((example) => [example.widget.title ?? '', example] as const);

describe.each(examples)('%s', (_, example) => {
  const size = { width: example.width ?? 560, height: example.height ?? 300 };

  it.each(['light', 'dark'] as const)('is drawn without a document, %s', (name) => {
    for (const spy of spoken) spy.mockClear();
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
    const shared = context({ theme: themeFor(name), ...size });
    const option = chartOption(example.widget, example.frames, shared);
    if (!option) throw new Error('Nothing was drawn.');
    chart.setOption(option, { replaceMerge: ['series', 'legend', 'graphic'] });
    if (name === 'light') chart.setOption(option, { replaceMerge: ['series', 'legend', 'graphic'] });
    const svg = chart.renderToSVGString();
    chart.dispose();
    expect(svg).toMatch(/<path|<rect/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const spy of spoken) expect(spy.mock.calls).toEqual([]);
  });

  it('fits small places', () => {
    for (const small of [
      { width: 160, height: 80 },
      { width: 60, height: 40 },
    ]) {
      const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...small });
      const option = chartOption(example.widget, example.frames, context(small));
      if (option) chart.setOption(option);
      expect(chart.renderToSVGString()).not.toMatch(/NaN/);
      chart.dispose();
    }
  });

  it('gives every series an id, each once', () => {
    const { series } = chartOption(example.widget, example.frames, context(size)) ?? {};
    const ids = [series ?? []].flat().map(({ id }) => id);
    expect(ids.every((id) => typeof id === 'string' && id !== '')).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says in words what it shows, and has a table behind it', () => {
    const words = summarize(example.widget, example.frames, context(size));
    expect(words.startsWith(`${example.widget.title}: `)).toBe(true);
    expect(words).not.toMatch(/undefined|NaN|null|\[object/);
    const table = dataTable(example.widget, example.frames, context(size));
    expect(table?.rows).toHaveLength(example.frames.main?.rows.length ?? -1);
    expect(table?.rows.flat().join('')).not.toMatch(/undefined|NaN/);
  });

  it('stands still with reduced motion', () => {
    expect(chartOption(example.widget, example.frames, context({ ...size, reducedMotion: true }))?.animation).toBe(
      false,
    );
    expect(chartOption(example.widget, example.frames, context(size))).toMatchObject({
      animation: true,
      animationDurationUpdate: 300,
    });
  });
});
