/** A cell per pair: weekday and hour, or any two columns. A pair without data stays empty. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import type { Result, Value } from '../core/values';
import { type CellGrid, cellsOption } from './cells';
import { colorScale } from './color';
import { type ChartContext, type Frames, formatsOf } from './context';
import { freeDimension, measure, numberAt, titleOf, valueAt, xColumn } from './frame';
import { type AxisKind, optionsOf } from './options';
import { axisValues, categoryLabel } from './x-axis';

interface Axis {
  readonly values: readonly Value[];
  readonly indexOf: (value: Value) => number;
}

const NUMBERED = new Set<AxisKind | undefined>(['weekday', 'hour', 'month', 'number']);

function axisFor(values: readonly Value[], kind: AxisKind | undefined): Axis {
  const same = (value: Value): Value => (NUMBERED.has(kind) && value !== null ? Number(value) : value);
  const shown = axisValues(values.map(same), kind);
  const places = new Map(shown.map((value, index) => [value, index]));
  return { values: shown, indexOf: (value) => places.get(same(value)) ?? -1 };
}

/** The cells of a heatmap; null without two axes and a value. */
export function heatGrid(widget: Widget, result: Result, context: ChartContext): CellGrid | null {
  const options = optionsOf('heatmap', widget);
  const x = xColumn(result, options.x);
  const y = freeDimension(result, [x], options.y);
  const value = measure(result, options.value);
  if (!x || !y || !value) return null;
  const formats = formatsOf(context, result);
  const xs = axisFor(
    result.rows.map((row) => valueAt(row, x)),
    options.x_axis,
  );
  const ys = axisFor(
    result.rows.map((row) => valueAt(row, y)),
    options.y_axis,
  );
  const cells = result.rows.flatMap((row) => {
    const [column, line, number] = [xs.indexOf(valueAt(row, x)), ys.indexOf(valueAt(row, y)), numberAt(row, value)];
    return number === null || column < 0 || line < 0 ? [] : [{ x: column, y: line, value: number, row }];
  });
  return {
    cells,
    xLabels: xs.values.map((each) => categoryLabel(each, x.column, options.x_axis, formats)),
    yLabels: ys.values.map((each) => categoryLabel(each, y.column, options.y_axis, formats)),
    column: value.column,
    colors: colorScale(
      context.theme,
      options.scale ?? {},
      cells.map((cell) => cell.value),
    ),
    labels: options.labels === true,
    xTitle: titleOf(x.column),
    yTitle: titleOf(y.column),
  };
}

export function heatmapOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const grid = frames.main ? heatGrid(widget, frames.main, context) : null;
  return frames.main && grid ? cellsOption(grid, frames.main, formatsOf(context, frames.main), context) : null;
}
