/** A grid of coloured cells: what heatmaps and cohorts have in common. */
import type { EChartsOption } from 'echarts';
import { type Formats, formatValue } from '../core/format';
import type { Column, Result, Row } from '../core/values';
import { baseOption, gridOption, LABEL_GAP, tooltipBase } from './base';
import { type ColorScale, textOn } from './color';
import { type ChartContext, fontSizeOf } from './context';
import { isApproximate } from './frame';
import { colorKey } from './key';
import { widest } from './measure';
import { nameAxis, nameRoom } from './name-axis';
import { tooltipHtml } from './tooltip';
import { axisHeight, categoryAxis } from './x-axis';

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly row: Row;
}

export interface CellGrid {
  readonly cells: readonly Cell[];
  readonly xLabels: readonly string[];
  readonly yLabels: readonly string[];
  readonly column: Column;
  readonly colors: ColorScale;
  /** The value is written into each cell that has room. */
  readonly labels: boolean;
  readonly xTitle: string;
  readonly yTitle: string;
}

/** Pixels of the colour key at the foot. */
const KEY_HEIGHT = 28;

/** Gives the cells their colours; the key for readers is drawn as on every other chart. */
function colouring({ colors }: CellGrid) {
  const inRange = { color: [...colors.stops] };
  return { type: 'continuous' as const, show: false, min: colors.min, max: colors.max, inRange, hoverLink: false };
}

function hoverText(grid: CellGrid, formats: Formats, result: Result, value: readonly unknown[]): string {
  const [x, y, number] = value.map(Number);
  const place = `${grid.yLabels[y ?? 0] ?? ''} · ${grid.xLabels[x ?? 0] ?? ''}`;
  const line = {
    color: grid.colors.color(number ?? 0),
    name: grid.column.label ?? grid.column.name,
    value: formatValue(formats, grid.column, number ?? null, 'exact'),
  };
  const foot = isApproximate(result, grid.column) ? { foot: 'Estimated' } : {};
  return tooltipHtml({ head: place, lines: [line], ...foot });
}

function cellSeries(
  grid: CellGrid,
  formats: Formats,
  cell: { readonly width: number; readonly height: number },
  context: ChartContext,
) {
  const { theme } = context;
  const size = fontSizeOf(context);
  const text = (value: number): string => formatValue(formats, { ...grid.column, unit: null }, value, 'compact');
  const wide = (): number =>
    widest(
      grid.cells.map(({ value }) => text(value)),
      size,
    ) + 6;
  const show = grid.labels && size + 4 <= cell.height && wide() <= cell.width;
  const data = grid.cells.map(({ x, y, value }) => {
    if (!show) return { value: [x, y, value] };
    const label = { show, formatter: () => text(value), color: textOn(grid.colors.color(value)), fontSize: size };
    return { value: [x, y, value], label };
  });
  return {
    type: 'heatmap' as const,
    id: 'cells',
    data,
    label: { show: false },
    itemStyle: { borderColor: theme.surface, borderWidth: 2, borderRadius: 3 },
    emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } },
  };
}

/** The option of a cell grid. */
export function cellsOption(grid: CellGrid, result: Result, formats: Formats, context: ChartContext): EChartsOption {
  const room = nameRoom(grid.yLabels, context);
  const margins = { left: room + LABEL_GAP + 2, right: 4, top: 4, bottom: axisHeight(context) + KEY_HEIGHT };
  const width = Math.max(40, context.width - margins.left - margins.right);
  const height = Math.max(20, context.height - margins.top - margins.bottom);
  const cell = { width: width / Math.max(1, grid.xLabels.length), height: height / Math.max(1, grid.yLabels.length) };
  const plain = { axisLine: { show: false } };
  const hover = ({ value }: { readonly value: unknown }): string =>
    hoverText(grid, formats, result, Array.isArray(value) ? value : []);
  return {
    ...baseOption(context),
    grid: gridOption(margins),
    xAxis: { ...categoryAxis(grid.xLabels, width, context), ...plain },
    yAxis: { ...nameAxis(grid.yLabels, room, height, context), ...plain },
    visualMap: colouring(grid),
    graphic: [colorKey(grid.colors, grid.column, formats, context)],
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hover },
    series: [cellSeries(grid, formats, cell, context)],
  } as EChartsOption;
}
