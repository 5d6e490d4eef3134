/** The quiet line under a widget's title: what it covers, and what it is compared with. */
import { describeWindow, type Formats } from '../../core/index';
import type { MetricQuery, Widget, WidgetQuery, Window } from '../../core/types';

const isMetric = (query: WidgetQuery | null | undefined): query is MetricQuery => query != null && 'stream' in query;

/** Its own words if it has some; else its window. A widget on the page's time range repeats it, so each card stands alone. */
export function widgetSubtitle(widget: Widget, page: Window, formats: Formats): string {
  if (widget.subtitle) return widget.subtitle;
  if (!isMetric(widget.query)) return '';
  return describeWindow(widget.query.window ?? page, formats);
}
