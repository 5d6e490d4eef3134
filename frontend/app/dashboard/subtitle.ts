/** The quiet line under a widget's title: what it covers, and what it is compared with. */
import { describeWindow, type Formats } from '../../core/index';
import type { MetricQuery, PublicQuery, Query, Widget, Window } from '../../core/types';

const isTimed = (query: Query | null | undefined): query is MetricQuery | PublicQuery =>
  query != null && ('stream' in query || ('timed' in query && query.timed === true));

/** The id of the saved query that a widget asks, if it asks one. */
export const savedBy = ({ query }: Widget): string | null => (query != null && 'saved' in query ? query.saved : null);

/**
 * Its own words if it has some; else its window. A widget on the page's time range repeats it, so each card stands alone.
 * `named` is the query of the saved one that the widget asks, null until it is known.
 */
export function widgetSubtitle(widget: Widget, page: Window, formats: Formats, named: Query | null): string {
  if (widget.subtitle) return widget.subtitle;
  const query = widget.query != null && 'saved' in widget.query ? named : widget.query;
  if (!isTimed(query)) return '';
  return describeWindow(query.window ?? page, formats);
}
