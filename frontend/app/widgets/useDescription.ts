/** The widget in words and as a table, made only when asked for. */
import { dataTable, summarize } from '../../charts/index';
import type { Widget } from '../../core/types';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';

/** Words and tables do not depend on the size of the drawing. */
const ANY_SIZE = { width: 800, height: 400 };

export function useDescription(widget: Widget, frames: WidgetFrames) {
  const context = useChartContext(frames, ANY_SIZE);
  return {
    summary: () => summarize(widget, frames, context),
    table: () => dataTable(widget, frames, context),
  };
}
