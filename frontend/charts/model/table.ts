/** A table's columns and cells: aligned, formatted, with bars and heat where they help. */
import type { Widget } from '../../core/documents';
import { type Formats, formatNumber, formatValue, isNumeric, unitOf } from '../../core/format';
import { type RowKey, rowKey } from '../../core/reducer';
import type { Column, Result, Row, Value } from '../../core/values';
import { type ColorScale, colorScale, textOn } from '../color';
import { type ChartContext, type Frames, formatsOf } from '../context';
import { numbersOf, type Picked, pick, titleOf, valueAt } from '../frame';
import { optionsOf, type TableColumn } from '../options';

export interface TableHead {
  readonly name: string;
  readonly title: string;
  /** Said once, in the head. */
  readonly unit: string;
  readonly align: 'start' | 'end';
  readonly numeric: boolean;
  readonly bar: boolean;
}

export interface TableCell {
  /** As in the result, for sorting and filtering. */
  readonly value: Value;
  readonly text: string;
  /** Length of the cell bar from 0 to 1, or null. */
  readonly bar: number | null;
  readonly heat: { readonly ground: string; readonly text: string } | null;
}

export interface TableRow {
  readonly key: RowKey;
  readonly cells: readonly TableCell[];
}

export interface TableModel {
  readonly heads: readonly TableHead[];
  readonly rows: readonly TableRow[];
  readonly pageSize: number;
  readonly truncated: boolean;
}

/** Instants of today are told apart by their time; the day would only repeat itself. */
function areToday(result: Result, picked: Picked, formats: Formats, now: number): boolean {
  if (picked.column.type !== 'timestamp') return false;
  const today = formats.date(now);
  return result.rows.every((row) => {
    const value = valueAt(row, picked);
    return value === null || formats.date(Number(value)) === today;
  });
}

interface Shown {
  readonly picked: Picked;
  readonly column: Column;
  readonly option: TableColumn;
  readonly scale: ColorScale | null;
  readonly largest: number;
  /** All its instants are of today. */
  readonly today: boolean;
}

function shownColumns(widget: Widget, result: Result, context: ChartContext): readonly Shown[] {
  const chosen = optionsOf('table', widget).columns ?? [];
  const options = chosen.length > 0 ? chosen : result.columns.map(({ name }): TableColumn => ({ name }));
  return options.flatMap((option) => {
    const picked = pick(result, option.name);
    if (!picked) return [];
    const { name: _, label, format, unit, decimals } = option;
    const column: Column = {
      ...picked.column,
      ...(label === undefined ? {} : { label }),
      ...(format === undefined ? {} : { format }),
      ...(unit === undefined ? {} : { unit }),
      ...(decimals === undefined ? {} : { decimals }),
    };
    const numbers = option.bar || option.heat ? numbersOf(result, picked) : [];
    const scale = option.heat ? colorScale(context.theme, option.heat, numbers) : null;
    const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
    const today = areToday(result, picked, formatsOf(context, result), context.now);
    return [{ picked, column, option, scale, largest, today }];
  });
}

function textOf(formats: Formats, column: Column, value: Value): string {
  const plain = value !== null && typeof value !== 'boolean' && isNumeric(column);
  return plain ? formatNumber(formats, column, value, 'exact') : formatValue(formats, column, value, 'exact');
}

function cellOf(row: Row, { picked, column, option, scale, largest, today }: Shown, formats: Formats): TableCell {
  const value = valueAt(row, picked);
  const number = isNumeric(column) && value !== null ? Number(value) : null;
  const ground = scale && number !== null ? scale.color(number) : null;
  return {
    value,
    text: today && value !== null ? formats.time(Number(value)) : textOf(formats, column, value),
    bar: option.bar && number !== null && largest > 0 ? Math.abs(number) / largest : null,
    heat: ground === null ? null : { ground, text: textOn(ground) },
  };
}

/** Rows without a key are told apart by their place. */
const keyOf = (result: Result, row: Row, index: number): RowKey =>
  result.key.length > 0 ? rowKey(result, row) : String(index);

/** What a table shows; null before the first result. */
export function tableModel(widget: Widget, frames: Frames, context: ChartContext): TableModel | null {
  const result = frames.main;
  if (!result) return null;
  const formats = formatsOf(context, result);
  const columns = shownColumns(widget, result, context);
  return {
    heads: columns.map(({ column, option }) => {
      const numeric = isNumeric(column);
      return {
        name: column.name,
        title: titleOf(column),
        unit: numeric ? unitOf(column) : '',
        align: numeric ? 'end' : 'start',
        numeric,
        bar: option.bar === true,
      };
    }),
    rows: result.rows.map((row, index) => ({
      key: keyOf(result, row, index),
      cells: columns.map((column) => cellOf(row, column, formats)),
    })),
    pageSize: optionsOf('table', widget).page_size ?? 10,
    truncated: result.truncated,
  };
}
