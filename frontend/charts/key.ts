/** A colour key drawn by hand, for charts whose marks carry their own colours. */
import { type Formats, formatNumber, unitOf } from '../core/format';
import type { Column } from '../core/values';
import type { ColorScale } from './color';
import { type ChartContext, fontSizeOf } from './context';
import { titleOf } from './frame';
import { textWidth } from './measure';
import { FONT } from './theme';

const BAR = 96;
const GAP = 6;

/** A ramp at the foot with the column's name and the ends of the scale. */
export function colorKey(scale: ColorScale, column: Column, formats: Formats, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  // Ends that were chosen are round: "40", not "40.0"; ends from the data keep the column's digits.
  const digits = (value: number): number | null | undefined => (Number.isInteger(value * 100) ? null : column.decimals);
  const end = (value: number): string =>
    formatNumber(formats, { ...column, decimals: digits(value) ?? null }, value, 'compact');
  const [low, high] = [end(scale.min), end(scale.max)];
  const unit = unitOf(column);
  const title = unit === '' ? titleOf(column) : `${titleOf(column)} (${unit})`;
  const style = { fontFamily: FONT, fontSize: size, fill: theme.textQuiet, verticalAlign: 'middle' as const };
  const middle = size * 0.7;
  const start = textWidth(title, size) + GAP * 2;
  const ramp = start + textWidth(low, size) + GAP;
  const colorStops = scale.stops.map((color, index) => ({ offset: index / (scale.stops.length - 1), color }));
  return {
    type: 'group' as const,
    id: 'key',
    left: 0,
    bottom: 3,
    silent: true,
    children: [
      { type: 'text' as const, id: 'title', x: 0, y: middle, style: { ...style, text: title } },
      { type: 'text' as const, id: 'low', x: start, y: middle, style: { ...style, text: low } },
      {
        type: 'rect' as const,
        id: 'ramp',
        x: ramp,
        y: middle - 4,
        shape: { width: BAR, height: 8, r: 2 },
        style: { fill: { type: 'linear' as const, x: 0, y: 0, x2: 1, y2: 0, colorStops } },
      },
      { type: 'text' as const, id: 'high', x: ramp + BAR + GAP, y: middle, style: { ...style, text: high } },
    ],
  };
}
