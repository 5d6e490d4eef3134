/** How old the numbers on the page are. */
import type { Subscription } from '../../core/index';
import type { Widget } from '../../core/types';

/** When the newest result on the page was true, in milliseconds since the epoch; null before the first one. */
export function newestData(subscription: Subscription | null, widgets: readonly Widget[]): number | null {
  if (subscription === null) return null;
  let newest: number | null = null;
  for (const widget of widgets) {
    if (!widget.query) continue;
    const asOf = subscription.channel(widget.id).get().result?.asOf;
    if (asOf !== undefined && (newest === null || asOf > newest)) newest = asOf;
  }
  return newest;
}
