/** The newest number of a series. */
import type { WidgetFrames } from './state';

/** Only the last row that has a number in `column` (by default the first measure): the running bucket may still be empty. */
export function newestFrames(frames: WidgetFrames, column: string | null): WidgetFrames {
  const { main } = frames;
  if (main === null) return frames;
  const index = main.columns.findIndex(({ name, role }) => (column === null ? role === 'measure' : name === column));
  const last = index < 0 ? main.rows.at(-1) : main.rows.findLast((row) => row[index] != null);
  return { main: { ...main, rows: last ? [last] : [] }, parts: {} };
}
