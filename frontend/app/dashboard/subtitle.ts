/** The quiet line under a widget's title: what it covers, and what it is compared with. */
import { describeWindow, type Formats } from '../../core/index';
import type { MetricQuery, PublicQuery, Widget, WidgetQuery, Window } from '../../core/types';

const isTimed = (query: WidgetQuery | null | undefined): query is MetricQuery | PublicQuery =>
  query != null && ('stream' in query || ('timed' in query && query.timed === true));

/** Its own words if it has some; else its window. A widget on the page's time range repeats it, so each card stands alone. */
export function widgetSubtitle(widget: Widget, page: Window, formats: Formats): string {
  if (widget.subtitle) return widget.subtitle;
  if (!isTimed(widget.query)) return '';
  return describeWindow(widget.query.window ?? page, formats);
}
