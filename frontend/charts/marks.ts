/** The dots of a scatter chart: one per row, with everything about it decided. */
import type { Widget } from '../core/documents';
import { isNumeric } from '../core/format';
import { compareCodePoints } from '../core/order';
import type { Result, Row } from '../core/values';
import { colorScale } from './color';
import type { ChartContext } from './context';
import { numberAt, numbersOf, type Picked, pick, valueAt } from './frame';
import { optionsOf } from './options';

export interface Encoding {
  readonly x: Picked;
  readonly y: Picked;
  readonly size: Picked | null;
  readonly color: Picked | null;
  readonly label: Picked | null;
}

const SMALLEST = 5;
const LARGEST = 28;

/** Diameter of a dot whose area stands for the value. */
export function dotSize(value: number | null, largest: number, [least, most] = [SMALLEST, LARGEST]): number {
  if (value === null || largest <= 0) return least;
  return Math.max(least, most * Math.sqrt(Math.max(0, value) / largest));
}

export function encodingOf(widget: Widget, result: Result): Encoding | null {
  const options = optionsOf('scatter', widget);
  const [x, y] = [pick(result, options.x), pick(result, options.y)];
  if (!x || !y) return null;
  return {
    x,
    y,
    size: pick(result, options.size),
    color: pick(result, options.color),
    label: pick(result, options.label),
  };
}

/** One dot, with everything about it decided. */
export interface Mark {
  readonly row: Row;
  readonly group: string;
  readonly name: string;
  readonly at: [number, number];
  readonly diameter: number;
  readonly color: string;
}

export function marksOf(result: Result, encoding: Encoding, context: ChartContext): readonly Mark[] {
  const { theme } = context;
  const { x, y, size, color, label } = encoding;
  const numeric = color !== null && isNumeric(color.column);
  const scale = numeric ? colorScale(theme, {}, numbersOf(result, color), 'mark') : null;
  const groupOf = (row: Row): string => (color && !numeric ? String(valueAt(row, color) ?? 'None') : '');
  // By name, as series of lines and bars: a group has one colour on the whole page.
  const groups = [...new Set(result.rows.map(groupOf))].sort(compareCodePoints);
  const largest = numbersOf(result, size).reduce((most, value) => Math.max(most, value), 0);
  const marks = result.rows.flatMap((row): Mark[] => {
    const [left, up] = [numberAt(row, x), numberAt(row, y)];
    if (left === null || up === null) return [];
    const group = groupOf(row);
    const own = scale
      ? scale.color(numberAt(row, color) ?? scale.min)
      : (theme.categorical[groups.indexOf(group)] ?? theme.muted);
    const name = label ? String(valueAt(row, label) ?? '') : '';
    return [
      { row, group, name, at: [left, up], diameter: size ? dotSize(numberAt(row, size), largest) : 8, color: own },
    ];
  });
  // Large dots lie below and are named first.
  return marks.toSorted((a, b) => b.diameter - a.diameter);
}
