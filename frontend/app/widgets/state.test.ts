import { describe, expect, it } from 'vitest';
import type { ChannelState } from '../../core/index';
import type { Result, Widget } from '../../core/types';
import { widgetState } from './state';

const widget: Widget = {
  id: 'w',
  kind: 'kpi',
  query: { stream: 's', measures: ['m'] },
  parts: { trend: { stream: 's', measures: ['m'], grain: '1h' } },
};
const result = (offset: number): Result => ({
  columns: [],
  rows: [],
  epoch: 'e',
  offset,
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
});
const loading: ChannelState = {
  channel: null,
  status: 'loading',
  result: null,
  error: null,
  updating: false,
  changed: [],
};
const ready = (offset: number): ChannelState => ({ ...loading, channel: 'c', status: 'ready', result: result(offset) });
const failed = (code: string, held: Result | null = null): ChannelState => ({
  ...loading,
  status: 'error',
  error: { code, message: 'no' },
  result: held,
});

describe('the state of a widget', () => {
  it('loads until its own query has answered', () => {
    expect(widgetState(widget, [])).toEqual({ kind: 'loading' });
    expect(widgetState(widget, [loading, ready(1)])).toEqual({ kind: 'loading' });
  });

  it('draws without a part that is late or broken', () => {
    expect(widgetState(widget, [ready(1), loading])).toMatchObject({ kind: 'ready', frames: { parts: {} } });
    expect(widgetState(widget, [ready(1), failed('bad_query')])).toMatchObject({ kind: 'ready', fault: null });
    expect(widgetState(widget, [ready(1), ready(2)])).toMatchObject({
      frames: { main: { offset: 1 }, parts: { trend: { offset: 2 } } },
    });
  });

  it('keeps the last good numbers beside an error', () => {
    expect(widgetState(widget, [failed('overloaded', result(7)), loading])).toMatchObject({
      kind: 'ready',
      frames: { main: { offset: 7 } },
      fault: { code: 'overloaded' },
    });
  });

  it('tells a refusal from a failure', () => {
    expect(widgetState(widget, [failed('forbidden'), loading]).kind).toBe('denied');
    expect(widgetState(widget, [failed('query_timeout'), loading]).kind).toBe('error');
  });

  it('needs no numbers for a text', () => {
    expect(widgetState({ id: 't', kind: 'text' }, []).kind).toBe('ready');
  });

  it('draws from parts alone', () => {
    const { query: _, ...routes } = widget;
    expect(widgetState(routes, [ready(3)])).toMatchObject({ frames: { main: null, parts: { trend: { offset: 3 } } } });
  });
});
