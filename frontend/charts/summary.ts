/** One or two sentences per widget for those who do not see the picture. */

import type { Widget } from '../core/documents';
import { type Formats, formatValue, MISSING } from '../core/format';
import type { Result } from '../core/values';
import { boundsLabel } from '../core/window';
import { type ChartContext, type Frames, formatsOf } from './context';
import { emptiness } from './emptiness';
import { measure, valueAt } from './frame';
import { bandOf } from './gauge';
import { changeWords, kpiModel } from './model/kpi';
import { progressModel } from './model/progress';
import { statusModel } from './model/status';
import { optionsOf } from './options';
import { slicesOf } from './slices';
import { summarizeCells, summarizeRows, summarizeSeries } from './summary-data';

type Summarize = (widget: Widget, frames: Frames, context: ChartContext, result: Result) => string;

function kpi(widget: Widget, frames: Frames, context: ChartContext): string {
  const model = kpiModel(widget, frames, context);
  if (!model) return MISSING;
  const change = model.change ? `, ${changeWords(model.change)}` : '';
  const target = model.target
    ? `. ${model.target.label} ${model.target.text}: ${model.target.reached ? 'reached' : 'not reached'}`
    : '';
  return `${model.exact}${change}${target}.`;
}

function gauge(widget: Widget, _: Frames, context: ChartContext, result: Result): string {
  const { value, min = 0, max = 100, bands = [] } = optionsOf('gauge', widget);
  const picked = measure(result, value);
  if (!picked) return MISSING;
  const formats = formatsOf(context, result);
  const raw = valueAt(result.rows[0] ?? [], picked);
  const text = (number: number): string => formatValue(formats, picked.column, number, 'compact');
  const band = bandOf(raw === null ? null : Number(raw), bands)?.label;
  return `${formatValue(formats, picked.column, raw, 'exact')} on a dial from ${text(min)} to ${text(max)}${band ? `, ${band}` : ''}.`;
}

function pie(widget: Widget, _: Frames, context: ChartContext, result: Result): string {
  const found = slicesOf(widget, result);
  if (!found) return MISSING;
  const formats = formatsOf(context, result);
  const top = found.slices.slice(0, 3).map(({ name, share }) => `${name} ${formats.percent(share, 0)}`);
  return `${formatValue(formats, found.column, found.total, 'exact')} in ${found.slices.length} parts: ${top.join(', ')}.`;
}

function progress(widget: Widget, frames: Frames, context: ChartContext): string {
  const bars = progressModel(widget, frames, context) ?? [];
  const words = bars
    .slice(0, 5)
    .map(({ label, exact, target, word }) =>
      [`${label} ${exact}`, target ? `of ${target}` : '', word ?? ''].filter(Boolean).join(' '),
    );
  return `${words.join('; ')}.`;
}

function status(widget: Widget, frames: Frames, context: ChartContext): string {
  const lamps = statusModel(widget, frames, context) ?? [];
  const counts = new Map<string, number>();
  for (const { word } of lamps) counts.set(word, (counts.get(word) ?? 0) + 1);
  const notOk = lamps.filter(({ state }) => state !== 'ok').slice(0, 3);
  const list = notOk.map(({ label, word }) => `${label}: ${word}`);
  return `${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}.${list.length > 0 ? ` ${list.join('; ')}.` : ''}`;
}

const OWN: Readonly<Partial<Record<Widget['kind'], Summarize>>> = {
  kpi,
  gauge,
  pie,
  progress,
  status,
  line: summarizeSeries,
  area: summarizeSeries,
  bar: summarizeSeries,
  sparkline: summarizeSeries,
  heatmap: summarizeCells,
  cohort: summarizeCells,
};

function about(result: Result, formats: Formats): string {
  const approximate = result.approximate.length > 0 ? ' Estimated.' : '';
  const window = result.window ? ` ${boundsLabel(result.window, formats)}.` : '';
  return approximate + window;
}

/** What a widget shows, in words. */
export function summarize(widget: Widget, frames: Frames, context: ChartContext): string {
  const title = widget.title ? `${widget.title}: ` : '';
  if (widget.kind === 'text' || widget.kind === 'alerts') return widget.title ?? '';
  const result = frames.main ?? Object.values(frames.parts).find((part) => part !== null) ?? null;
  if (!result) return `${title}loading.`;
  const empty = emptiness(widget, frames);
  if (empty) return `${title}${empty.message}`;
  const describe = OWN[widget.kind] ?? summarizeRows;
  return `${title}${describe(widget, frames, context, result)}${about(result, formatsOf(context, result))}`;
}
