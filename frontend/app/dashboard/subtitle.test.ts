import { describe, expect, it } from 'vitest';
import { createFormats } from '../../core/index';
import type { Widget, Window } from '../../core/types';
import { savedBy, widgetSubtitle } from './subtitle';

const formats = createFormats({ locale: 'en-GB', timezone: 'UTC' });
const page: Window = { last: '24h' };
const widget: Widget = { id: 'a', kind: 'kpi', title: 'A', layouts: { lg: { x: 0, y: 0, w: 4, h: 3 } } };
const metric = { stream: 'orders', measures: ['revenue'] };
const paged = widgetSubtitle({ ...widget, query: metric }, page, formats, null);
const own = widgetSubtitle({ ...widget, query: { ...metric, window: { last: '7d' } } }, page, formats, null);

describe('the line under a title', () => {
  it('says the time range of the page, or the window of its own', () => {
    expect(paged).not.toBe('');
    expect(own).not.toBe('');
    expect(own).not.toBe(paged);
  });

  it('says the same of a saved query as of one that is written out', () => {
    const saved: Widget = { ...widget, query: { saved: 'by-channel', parameters: { least: 5 } } };
    expect(savedBy(saved)).toBe('by-channel');
    expect(savedBy({ ...widget, query: metric })).toBeNull();
    expect(savedBy(widget)).toBeNull();
    expect(widgetSubtitle(saved, page, formats, metric)).toBe(paged);
    expect(widgetSubtitle(saved, page, formats, { ...metric, window: { last: '7d' } })).toBe(own);
  });

  it('stays empty for SQL, and while the saved query is not known', () => {
    const saved: Widget = { ...widget, query: { saved: 'by-channel' } };
    expect(widgetSubtitle(saved, page, formats, null)).toBe('');
    expect(widgetSubtitle(saved, page, formats, { sql: 'select 1' })).toBe('');
    expect(widgetSubtitle({ ...widget, query: { sql: 'select 1' } }, page, formats, null)).toBe('');
  });

  it('knows of a shared page what the server told', () => {
    expect(widgetSubtitle({ ...widget, query: { timed: true } }, page, formats, null)).toBe(paged);
    expect(widgetSubtitle({ ...widget, query: {} }, page, formats, null)).toBe('');
  });

  it('is the words of the widget where it has some', () => {
    const worded: Widget = { ...widget, subtitle: 'Per hour', query: { saved: 'by-channel' } };
    expect(widgetSubtitle(worded, page, formats, metric)).toBe('Per hour');
  });
});
