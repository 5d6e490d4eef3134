/** Puts the places of a series table in the order of an axis kind, adding places without data. */
import type { AxisKind } from './options';
import type { SeriesTable } from './series';
import { axisValues } from './x-axis';

/** Weekdays, hours and months in their own order and complete; numbers and times ascending; categories as they come. */
export function arranged(table: SeriesTable, axis: AxisKind | undefined): SeriesTable {
  if (axis === undefined || axis === 'category' || table.time) return table;
  const before = new Map(table.xs.map((x, index) => [axis === 'time' ? x : Number(x), index]));
  const xs = axisValues(
    table.xs.map((x) => (axis === 'time' ? x : Number(x))),
    axis,
  );
  const series = table.series.map((each) => ({
    ...each,
    values: xs.map((x) => {
      const index = before.get(x);
      return index === undefined ? null : (each.values[index] ?? null);
    }),
  }));
  return { ...table, xs, series };
}
