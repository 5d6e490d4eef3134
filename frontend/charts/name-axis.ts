/** Names down the left side: of lying bars, steps and rows of cells. */
import { LABEL_GAP, plainAxis } from './base';
import { type ChartContext, fontSizeOf } from './context';
import { fitText, widest } from './measure';

/** Pixels for the longest name, at most a third of the chart. */
export function nameRoom(names: readonly string[], context: ChartContext): number {
  const most = Math.max(48, context.width * 0.34);
  return Math.min(most, widest(names, fontSizeOf(context)) + 2);
}

/** A category axis with the first name on top; on `height` pixels names that would touch are left out. */
export function nameAxis(names: readonly string[], room: number, height: number, context: ChartContext) {
  const size = fontSizeOf(context);
  const plain = plainAxis(context);
  const every = Math.max(1, Math.ceil((size * 1.25 * names.length) / Math.max(1, height)));
  const axisLabel = {
    ...plain.axisLabel,
    margin: LABEL_GAP,
    interval: (index: number) => index % every === 0,
    formatter: (name: string) => fitText(name, room, size),
  };
  return { ...plain, type: 'category' as const, inverse: true, data: [...names], axisLabel };
}
