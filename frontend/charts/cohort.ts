/** A triangle: a row per cohort, a column per period since it began. */
import type { EChartsOption } from 'echarts';
import { wallTime } from '../core/calendar';
import type { Widget } from '../core/documents';
import type { Formats } from '../core/format';
import type { Result } from '../core/values';
import { type CellGrid, cellsOption } from './cells';
import { colorScale } from './color';
import { type ChartContext, type Frames, formatsOf } from './context';
import { numberAt, pick, titleOf, valueAt } from './frame';
import { optionsOf } from './options';
import { axisValues, categoryLabel } from './x-axis';

/** Cohorts that begin with months are named by them, all others by their day. */
function beginnings(starts: readonly number[], formats: Formats): readonly string[] {
  const monthly = starts.every((start) => wallTime(start, formats.timezone).day === 1);
  return starts.map((start) => (monthly ? formats.bucket(start, '1mo') : formats.date(start)));
}

export function cohortGrid(widget: Widget, result: Result, context: ChartContext): CellGrid | null {
  const options = optionsOf('cohort', widget);
  const [cohort, period, value] = [options.cohort, options.period, options.value].map((name) => pick(result, name));
  if (!cohort || !period || !value) return null;
  const formats = formatsOf(context, result);
  const timed = cohort.column.type === 'timestamp';
  const cohorts = axisValues(
    result.rows.map((row) => valueAt(row, cohort)),
    timed ? 'time' : 'category',
  );
  const periods = axisValues(
    result.rows.map((row) => valueAt(row, period)),
    'number',
  );
  const cells = result.rows.flatMap((row) => {
    const number = numberAt(row, value);
    const place = { x: periods.indexOf(valueAt(row, period)), y: cohorts.indexOf(valueAt(row, cohort)) };
    return number === null ? [] : [{ ...place, value: number, row }];
  });
  return {
    cells,
    xLabels: periods.map((each) => categoryLabel(each, period.column, undefined, formats)),
    yLabels: timed
      ? beginnings(cohorts.map(Number), formats)
      : cohorts.map((each) => categoryLabel(each, cohort.column, undefined, formats)),
    column: value.column,
    colors: colorScale(
      context.theme,
      options.scale ?? {},
      cells.map((cell) => cell.value),
    ),
    labels: true,
    xTitle: titleOf(period.column),
    yTitle: titleOf(cohort.column),
  };
}

export function cohortOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const grid = frames.main ? cohortGrid(widget, frames.main, context) : null;
  return frames.main && grid ? cellsOption(grid, frames.main, formatsOf(context, frames.main), context) : null;
}
