/** The table behind every chart: what was asked, in the order of the result, with every digit. */

import type { Widget } from '../core/documents';
import { formatNumber, formatValue, isNumeric, unitOf } from '../core/format';
import type { Result, Value } from '../core/values';
import { type ChartContext, type Frames, formatsOf } from './context';
import { titleOf } from './frame';

export interface DataColumn {
  readonly name: string;
  /** With the unit, or the zone of times. */
  readonly title: string;
  readonly align: 'start' | 'end';
}

export interface DataTable {
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly string[])[];
  /** The same cells as they came, for a file. */
  readonly values: readonly (readonly Value[])[];
  readonly truncated: boolean;
}

function columnsOf(result: Result, context: ChartContext): readonly DataColumn[] {
  const formats = formatsOf(context, result);
  return result.columns.map((column) => {
    const unit = column.type === 'timestamp' ? formats.zoneName(result.asOf) : isNumeric(column) ? unitOf(column) : '';
    const title = titleOf(column);
    return {
      name: column.name,
      title: unit === '' ? title : `${title} (${unit})`,
      align: isNumeric(column) ? 'end' : 'start',
    };
  });
}

function textsOf(result: Result, context: ChartContext): readonly (readonly string[])[] {
  const formats = formatsOf(context, result);
  return result.rows.map((row) =>
    result.columns.map((column, index) => {
      const value = row[index] ?? null;
      if (value !== null && typeof value !== 'boolean' && isNumeric(column))
        return formatNumber(formats, column, value, 'exact');
      return formatValue(formats, column, value, 'exact');
    }),
  );
}

/** The table of a widget's own result, or of a part when it has no other. */
export function dataTable(_widget: Widget, frames: Frames, context: ChartContext): DataTable | null {
  const result = frames.main ?? Object.values(frames.parts).find((part) => part !== null) ?? null;
  if (!result) return null;
  return {
    columns: columnsOf(result, context),
    rows: textsOf(result, context),
    values: result.rows,
    truncated: result.truncated,
  };
}
