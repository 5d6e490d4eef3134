/** The row of a result behind a mark that was clicked. */
import type { Widget, WidgetKind } from '../core/documents';
import type { Result, Row, Value } from '../core/values';
import { arranged } from './bar-order';
import type { CellGrid } from './cells';
import { cohortGrid } from './cohort';
import type { ChartContext } from './context';
import { freeDimension, valueAt } from './frame';
import { heatGrid } from './heatmap';
import { optionsOf } from './options';
import { seriesOf } from './series';

/** What ECharts says of a mark. */
export interface ClickedMark {
  readonly name?: string;
  readonly seriesId?: string;
  readonly dataIndex?: number;
  readonly value?: unknown;
}

const NONE = 'None';
const SERIES = 's:';
/** Ends the id of the last, dashed piece of a line. */
const PARTIAL = ':partial';

const nameOf = (value: Value | undefined): string => (value === null || value === undefined ? NONE : String(value));

const ofSeries = (seriesId: string, value: Value): boolean =>
  [SERIES + nameOf(value), SERIES + nameOf(value) + PARTIAL].includes(seriesId);

const inSeries = ({ seriesId }: ClickedMark): string | null => (seriesId?.startsWith(SERIES) ? seriesId : null);

/** By its place on the axis, so that it does not matter how the value is written there. */
function onAxis(widget: Widget, result: Result, mark: ClickedMark): Row | null {
  const { axis } = widget.kind === 'bar' ? optionsOf('bar', widget) : { axis: undefined };
  const wish = widget.kind === 'bar' ? optionsOf('bar', widget) : optionsOf('line', widget);
  const found = seriesOf(result, wish);
  if (found === null) return null;
  const table = arranged(found, axis);
  const pair = Array.isArray(mark.value) ? Number(mark.value[0]) : null;
  const place = pair === null ? mark.dataIndex : table.time ? table.xs.indexOf(pair) : pair;
  const x = place === undefined ? undefined : table.xs[place];
  if (x === undefined) return null;
  const series = inSeries(mark);
  const by = series === null ? null : freeDimension(result, [table.x], wish.series);
  const matches = (row: Row): boolean => {
    const here = valueAt(row, table.x);
    const same = here === x || (typeof x === 'number' && here !== null && Number(here) === x);
    return same && (series === null || ofSeries(series, valueAt(row, by)));
  };
  return result.rows.find(matches) ?? null;
}

const cellOf = (grid: CellGrid | null, { dataIndex }: ClickedMark): Row | null =>
  grid?.cells[dataIndex ?? -1]?.row ?? null;

/** A column holds the name of the mark. Marks that stand for several rows, such as `Other`, have no row. */
function named(result: Result, name: string): Row | null {
  const dimension = result.columns.map(({ role }) => role === 'dimension');
  const holds = (value: Value, index: number): boolean =>
    (typeof value !== 'number' || dimension[index] === true) && nameOf(value) === name;
  return result.rows.find((row) => row.some(holds)) ?? null;
}

const ON_AXIS: readonly WidgetKind[] = ['bar', 'line', 'area'];

/** The row that `mark` of a drawn widget shows; null where it shows none, or several. */
export function rowOfMark(widget: Widget, result: Result, mark: ClickedMark, context: ChartContext): Row | null {
  if (ON_AXIS.includes(widget.kind)) return onAxis(widget, result, mark);
  if (widget.kind === 'heatmap') return cellOf(heatGrid(widget, result, context), mark);
  if (widget.kind === 'cohort') return cellOf(cohortGrid(widget, result, context), mark);
  return mark.name === undefined ? null : named(result, mark.name);
}
