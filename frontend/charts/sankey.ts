/** A ribbon per row from source to target. A column that appears on both sides in a circle is split in two. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { formatValue } from '../core/format';
import { compareCodePoints } from '../core/order';
import type { Result } from '../core/values';
import { baseOption, tooltipBase } from './base';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { numberAt, pick, titleOf, valueAt } from './frame';
import { fitText, widest } from './measure';
import { optionsOf } from './options';
import { tooltipHtml } from './tooltip';

export interface Ribbon {
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

/** Whether following the ribbons can lead back to where one began; a layout needs that it cannot. */
export function hasCycle(ribbons: readonly Ribbon[]): boolean {
  const next = new Map<string, string[]>();
  for (const { source, target } of ribbons) next.set(source, [...(next.get(source) ?? []), target]);
  const state = new Map<string, 'open' | 'done'>();
  const visit = (node: string): boolean => {
    if (state.has(node)) return state.get(node) === 'open';
    state.set(node, 'open');
    const found = (next.get(node) ?? []).some(visit);
    state.set(node, 'done');
    return found;
  };
  return [...next.keys()].some(visit);
}

/** Appended to targets that must stand apart from a source of the same name; never seen. */
const APART = '\u2060';

/** The ribbons with something to carry, without circles. */
export function ribbonsOf(widget: Widget, result: Result): readonly Ribbon[] {
  const options = optionsOf('sankey', widget);
  const [source, target, value] = [options.source, options.target, options.value].map((name) => pick(result, name));
  if (!source || !target || !value) return [];
  const ribbons = result.rows.map((row) => ({
    source: String(valueAt(row, source) ?? 'None'),
    target: String(valueAt(row, target) ?? 'None'),
    value: numberAt(row, value) ?? 0,
  }));
  const solid = ribbons.filter((ribbon) => ribbon.value > 0);
  return hasCycle(solid) ? solid.map((ribbon) => ({ ...ribbon, target: ribbon.target + APART })) : solid;
}

/** What ECharts says of a node or ribbon under the pointer. */
interface Pointed {
  readonly dataType: string;
  readonly name: string;
  readonly value: number;
  readonly data: Ribbon;
}

const shown = (name: string): string => name.replace(APART, '');

/** The option of a sankey diagram; null when nothing flows. */
export function sankeyOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const ribbons = result ? ribbonsOf(widget, result) : [];
  const column = result ? pick(result, optionsOf('sankey', widget).value)?.column : undefined;
  if (!result || !column || ribbons.length === 0) return null;
  const { theme } = context;
  const size = fontSizeOf(context);
  const formats = formatsOf(context, result);
  const names = [...new Set(ribbons.flatMap(({ source, target }) => [source, target]))];
  const order = [...new Set(names.map(shown))].sort(compareCodePoints);
  const targets = ribbons.map(({ target }) => shown(target));
  const room = Math.min(140, context.width * 0.25, widest(targets, size) + 16);
  const hover = (event: unknown): string => {
    const { dataType, name, value, data } = event as Pointed;
    const head = dataType === 'edge' ? `${shown(data.source)} to ${shown(data.target)}` : shown(name);
    const text = formatValue(formats, column, value, 'exact');
    return tooltipHtml({ head, lines: [{ color: null, name: titleOf(column), value: text }] });
  };
  return {
    ...baseOption(context),
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hover },
    series: [
      {
        type: 'sankey',
        id: 'flow',
        left: 2,
        right: room,
        top: 6,
        bottom: 6,
        nodeWidth: 12,
        nodeGap: 10,
        draggable: false,
        emphasis: { focus: 'adjacency' },
        label: {
          color: theme.text,
          fontSize: size,
          formatter: ({ name }: { name: string }) => fitText(shown(name), room - 8, size),
        },
        lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
        data: names.map((name) => ({
          name,
          itemStyle: { color: theme.categorical[order.indexOf(shown(name))] ?? theme.muted, borderWidth: 0 },
        })),
        links: ribbons.map((ribbon) => ({ ...ribbon })),
      },
    ],
  } as EChartsOption;
}
