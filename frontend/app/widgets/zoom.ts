/** Selecting a stretch of time on a chart. Pure; the layer above the canvas only moves a rectangle. */

export type Stretch = readonly [number, number];

/** Shorter drags are clicks. */
const LEAST_PIXELS = 8;

/** The two ends of a drag in order, inside the drawing; null for what was only a click. */
export function dragged(start: number, end: number, width: number): Stretch | null {
  const left = Math.max(0, Math.min(start, end));
  const right = Math.min(width, Math.max(start, end));
  return right - left < LEAST_PIXELS ? null : [left, right];
}

/** Two instants as a window of the query language. */
export const windowOf = ([from, to]: Stretch): { readonly from: string; readonly to: string } => ({
  from: new Date(Math.round(from)).toISOString(),
  to: new Date(Math.round(to)).toISOString(),
});

/** Whether the horizontal axis of an option is one of time, which can be zoomed. */
export function hasTimeAxis(option: object | null): boolean {
  if (option === null || !('xAxis' in option)) return false;
  const axis: unknown = Array.isArray(option.xAxis) ? option.xAxis[0] : option.xAxis;
  return typeof axis === 'object' && axis !== null && 'type' in axis && axis.type === 'time';
}
