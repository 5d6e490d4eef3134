/** Steps from first to last, as bars from one edge with the share that went on. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatValue } from '../core/format';
import type { Column, Result } from '../core/values';
import { baseOption, gridOption, LABEL_GAP, tooltipBase } from './base';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { freeDimension, measure, numberAt, pick, titleOf, valueAt } from './frame';
import { nameAxis, nameRoom } from './name-axis';
import { optionsOf } from './options';
import { tooltipHtml } from './tooltip';

export interface FunnelStep {
  readonly name: string;
  readonly value: number;
  /** Of the first step, and of the step before. */
  readonly ofFirst: number;
  readonly ofBefore: number;
}

interface Raw {
  readonly name: string;
  readonly value: number;
}

function rawSteps(widget: Widget, result: Result): readonly Raw[] {
  const { steps, step, value } = optionsOf('funnel', widget);
  const row = result.rows[0];
  if (steps && row) {
    return steps.flatMap((name) => {
      const picked = pick(result, name);
      return picked ? [{ name: titleOf(picked.column), value: numberAt(row, picked) ?? 0 }] : [];
    });
  }
  const label = freeDimension(result, [], step);
  const number = measure(result, value);
  return result.rows.map((each) => ({
    name: String(valueAt(each, label) ?? 'None'),
    value: numberAt(each, number) ?? 0,
  }));
}

/** The steps in their order, with the shares that went on. */
export function funnelSteps(widget: Widget, result: Result): readonly FunnelStep[] {
  const raw = rawSteps(widget, result);
  const first = raw[0]?.value ?? 0;
  const share = (value: number, whole: number): number => (whole > 0 ? value / whole : 0);
  return raw.map(({ name, value }, index) => ({
    name,
    value,
    ofFirst: share(value, first),
    ofBefore: index === 0 ? 1 : share(value, raw[index - 1]?.value ?? 0),
  }));
}

/** The measure that the steps count. */
export function funnelColumn(widget: Widget, result: Result): Column | null {
  const { steps, value } = optionsOf('funnel', widget);
  return (steps ? pick(result, steps[0]) : measure(result, value))?.column ?? null;
}

interface Drawing {
  readonly steps: readonly FunnelStep[];
  readonly column: Column;
  readonly formats: Formats;
  readonly color: string;
  /** Pixels for the names of the steps. */
  readonly room: number;
}

function hoverOf({ steps, column, formats, color }: Drawing) {
  return ({ dataIndex }: { dataIndex: number }): string => {
    const step = steps[dataIndex];
    if (!step) return '';
    const value = formatValue(formats, column, step.value, 'exact');
    const lines = [
      { color, name: titleOf(column), value },
      { color: null, name: 'Of the first step', value: formats.percent(step.ofFirst) },
      { color: null, name: 'Of the step before', value: formats.percent(step.ofBefore) },
    ];
    return tooltipHtml({ head: step.name, lines });
  };
}

function barsOf({ steps, column, formats, color }: Drawing, context: ChartContext) {
  const { theme } = context;
  const text = ({ dataIndex }: { dataIndex: number }): string => {
    const step = steps[dataIndex];
    return step ? `${formatValue(formats, column, step.value, 'compact')}  ${formats.percent(step.ofFirst, 0)}` : '';
  };
  const label = {
    show: true,
    position: 'right' as const,
    distance: 8,
    color: theme.textQuiet,
    fontSize: fontSizeOf(context),
  };
  return {
    type: 'bar' as const,
    id: 'steps',
    barCategoryGap: '24%',
    showBackground: true,
    backgroundStyle: { color: theme.line, opacity: 0.5, borderRadius: 3 },
    itemStyle: { color, borderRadius: 3 },
    label: { ...label, formatter: text },
    data: steps.map(({ name, value }) => ({ name, value })),
  };
}

/** The option of a funnel; null when there are no steps. */
export function funnelOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const column = result ? funnelColumn(widget, result) : null;
  if (!result || !column) return null;
  const steps = funnelSteps(widget, result);
  const names = steps.map(({ name }) => name);
  const color = context.theme.categorical[0] ?? context.theme.accent;
  const drawing = { steps, column, formats: formatsOf(context, result), color, room: nameRoom(names, context) };
  const most = steps.reduce((largest, { value }) => Math.max(largest, value), 0) || 1;
  return {
    ...baseOption(context),
    grid: gridOption({ left: drawing.room + LABEL_GAP + 2, right: 96, top: 4, bottom: 4 }),
    xAxis: { type: 'value', show: false, min: 0, max: most },
    yAxis: { ...nameAxis(names, drawing.room, context.height - 8, context), axisLine: { show: false } },
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hoverOf(drawing) },
    series: [barsOf(drawing, context)],
  } as EChartsOption;
}
