/** The tooltip of charts over one axis: every series at the pointed place, largest first. */
import type { TooltipComponentOption } from 'echarts';
import { type Formats, formatValue } from '../core/format';
import type { Value } from '../core/values';
import { tooltipBase } from './base';
import { type ChartContext, isShown } from './context';
import type { AxisKind } from './options';
import type { Series, SeriesTable } from './series';
import { type TooltipLine, tooltipHtml } from './tooltip';
import { categoryLabel } from './x-axis';

export interface Hover {
  readonly table: SeriesTable;
  readonly colors: ReadonlyMap<string, string>;
  readonly formats: Formats;
  readonly axis?: AxisKind | undefined;
  /** The measures shown are estimates. */
  readonly approximate: boolean;
  /** Shares of the whole are shown beside the values. */
  readonly shares?: boolean;
  /** Names of series that are not drawn; they count for the shares all the same. */
  readonly hidden?: ReadonlySet<string> | undefined;
}

function head({ table, formats, axis }: Hover, x: Value): string {
  if (!table.time || typeof x !== 'number') return categoryLabel(x, table.x.column, axis, formats);
  return `${formats.bucket(x, table.grain)} ${formats.zoneName(x)}`;
}

function lineOf(hover: Hover, series: Series, index: number, total: number): TooltipLine {
  const value = series.values[index] ?? null;
  const line = {
    color: hover.colors.get(series.id) ?? null,
    name: series.name,
    value: formatValue(hover.formats, series.column, value, 'exact'),
  };
  const share = hover.shares && value !== null && total > 0 ? hover.formats.percent(value / total, 1) : null;
  return share === null ? line : { ...line, note: share };
}

/** The tooltip of one place of the axis. */
export function tooltipAt(hover: Hover, index: number): string {
  const { table } = hover;
  const heightOf = (series: Series): number => series.values[index] ?? Number.NEGATIVE_INFINITY;
  const present = table.series.filter((series) => series.values[index] !== null && series.values[index] !== undefined);
  const shown = (present.length > 0 ? present : table.series.slice(0, 1)).toSorted(
    (a, b) => Number(a.previous) - Number(b.previous) || heightOf(b) - heightOf(a),
  );
  const total = shown.reduce((sum, series) => sum + Math.max(0, series.values[index] ?? 0), 0);
  const drawn = shown.filter(({ name }) => isShown(hover, name));
  const notes = [...(table.partial === index ? ['So far'] : []), ...(hover.approximate ? ['Estimated'] : [])];
  return tooltipHtml({
    head: head(hover, table.xs[index] ?? null),
    lines: drawn.map((series) => lineOf(hover, series, index, total)),
    foot: notes.join(' · '),
  });
}

/** Index of the place nearest to `x` on a time axis. */
export function nearestIndex(xs: readonly Value[], x: number): number {
  let best = 0;
  xs.forEach((value, index) => {
    if (Math.abs(Number(value) - x) < Math.abs(Number(xs[best]) - x)) best = index;
  });
  return best;
}

interface AxisPoint {
  readonly axisValue?: number | string;
  readonly dataIndex?: number;
}

/** ECharts hands over the series it found; we look the place up ourselves, for thinned series skip some. */
function indexFrom(params: unknown, hover: Hover, category: boolean): number {
  const point = (Array.isArray(params) ? params[0] : params) as AxisPoint | undefined;
  if (category) return point?.dataIndex ?? 0;
  return nearestIndex(hover.table.xs, Number(point?.axisValue ?? 0));
}

export function axisTooltip(hover: Hover, context: ChartContext, pointer: 'line' | 'shadow'): TooltipComponentOption {
  const { theme } = context;
  const category = pointer === 'shadow' || !hover.table.time;
  return {
    ...tooltipBase(context),
    trigger: 'axis',
    axisPointer: {
      type: pointer,
      animation: false,
      snap: true,
      label: { show: false },
      lineStyle: { color: theme.lineStrong, type: 'solid', width: 1 },
      shadowStyle: { color: theme.line, opacity: 0.4 },
    },
    formatter: (params: unknown) => tooltipAt(hover, indexFrom(params, hover, category)),
  };
}
