/** The series of line and area charts: thinned, with gaps kept and the bucket that is still filling marked. */
import type { LineSeriesOption } from 'echarts';
import { thin } from '../core/lttb';
import { fade } from './color';
import { type ChartContext, fontSizeOf } from './context';
import type { Naming } from './legend';
import { fitText } from './measure';
import type { Series, SeriesTable } from './series';

export interface LineLook {
  readonly area: boolean;
  readonly stack: boolean;
  readonly smooth: boolean;
  readonly points: boolean;
  /** Number of series, which decides how heavy a line is. */
  readonly count: number;
}

type Pair = [number, number | null];

interface Dot {
  readonly value: (number | string)[];
  readonly symbol: 'circle' | 'none';
}

/** How ECharts writes a gap. */
const GAP = '-';

/** A value with a gap on both sides would be invisible as a line: it gets a dot. */
function dots(pairs: readonly Pair[], always: boolean): Dot[] {
  return pairs.map((value, index) => {
    const alone =
      value[1] !== null && (pairs[index - 1]?.[1] ?? null) === null && (pairs[index + 1]?.[1] ?? null) === null;
    return { value: [value[0], value[1] ?? GAP], symbol: always || alone ? 'circle' : 'none' };
  });
}

function pairsOf(table: SeriesTable, values: readonly (number | null)[]): readonly Pair[] {
  return table.xs.map((x, index) => [table.time ? Number(x) : index, values[index] ?? null]);
}

/** About one point per pixel: more cannot be seen. Stacks are not thinned, for their layers must share every place. */
function thinned(pairs: readonly Pair[], width: number): readonly Pair[] {
  const kept = thin(
    pairs.map(([x, y]) => ({ x: Number(x), y })),
    Math.max(50, Math.round(width)),
  );
  return kept.flatMap((index) => {
    const pair = pairs[index];
    return pair ? [pair] : [];
  });
}

function endLabel(series: Series, color: string, naming: Naming, context: ChartContext): LineSeriesOption {
  if (naming.kind !== 'direct') return {};
  const size = fontSizeOf(context);
  const text = fitText(series.name, naming.room, size);
  return {
    endLabel: {
      show: true,
      formatter: () => text,
      color: series.previous ? context.theme.textQuiet : color,
      fontSize: size,
      distance: 6,
      // Names that make room for each other keep a line's height.
      lineHeight: Math.round(size * 1.4),
    },
    labelLayout: { moveOverlap: 'shiftY' },
  };
}

function stroke(series: Series, color: string, look: LineLook): LineSeriesOption {
  const width = series.previous ? 1.5 : look.count > 4 ? 1.5 : 2;
  return {
    type: 'line',
    name: series.name,
    symbol: 'none',
    symbolSize: look.points ? 5 : 4,
    showAllSymbol: true,
    connectNulls: false,
    smooth: look.smooth ? 0.3 : false,
    smoothMonotone: 'x',
    lineStyle: { color, width, type: series.previous ? [4, 3] : 'solid', cap: 'round', join: 'round' },
    itemStyle: { color },
    z: series.previous ? 2 : 3,
    emphasis: { focus: look.count > 1 ? 'series' : 'none', lineStyle: { width } },
  };
}

function fill(series: Series, color: string, look: LineLook, context: ChartContext): LineSeriesOption {
  if (!look.area || series.previous) return {};
  const opacity = look.stack ? 0.82 : look.count > 1 ? 0.1 : 0.16;
  if (!look.stack) return { areaStyle: { color: fade(color, opacity), opacity: 1, origin: 'start' } };
  return {
    stack: 'total',
    stackStrategy: 'all',
    areaStyle: { color: fade(color, opacity), opacity: 1 },
    lineStyle: { color: context.theme.surface, width: 1 },
  };
}

/** The last step towards a bucket that is still filling, as a dashed line of its own. */
function tail(series: Series, table: SeriesTable, color: string, look: LineLook, partial: number): LineSeriesOption {
  const pairs = pairsOf(table, series.values).slice(Math.max(0, partial - 1), partial + 1);
  return {
    ...stroke(series, color, look),
    id: `${series.id}:partial`,
    data: dots(pairs, false),
    lineStyle: { color, width: 2, type: [2, 3], cap: 'butt' },
    smooth: false,
  };
}

/** ECharts series for one series, one or two of them. */
export function lineSeries(
  series: Series,
  table: SeriesTable,
  color: string,
  look: LineLook,
  naming: Naming,
  context: ChartContext,
): readonly LineSeriesOption[] {
  const split = !look.stack && !series.previous && table.partial !== null ? table.partial : null;
  const values = split === null ? series.values : series.values.map((value, index) => (index === split ? null : value));
  const pairs = pairsOf(table, values);
  const data = dots(look.stack ? pairs : thinned(pairs, context.width), look.points);
  const label = endLabel(series, color, naming, context);
  const main: LineSeriesOption = {
    ...stroke(series, color, look),
    id: series.id,
    data,
    ...fill(series, color, look, context),
  };
  if (split === null) return [{ ...main, ...label }];
  return [main, { ...tail(series, table, color, look, split), ...label }];
}
