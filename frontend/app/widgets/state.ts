/** What a widget can show right now. Pure, so that every state can be tested. */
import type { ChannelState } from '../../core/index';
import type { ApiError, Result, Widget } from '../../core/types';

export type WidgetState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'denied'; readonly error: ApiError }
  | { readonly kind: 'error'; readonly error: ApiError }
  /** `fault`: the numbers shown are the last good ones. */
  | {
      readonly kind: 'ready';
      readonly frames: WidgetFrames;
      readonly fault: ApiError | null;
      readonly updating: boolean;
    };

export interface WidgetFrames {
  readonly main: Result | null;
  readonly parts: Readonly<Record<string, Result>>;
}

const DENIED = new Set(['forbidden', 'denied', 'scope_missing']);

/** Kinds that draw without numbers of their own. */
const needsNothing = (widget: Widget): boolean => !widget.query && Object.keys(widget.parts ?? {}).length === 0;

/**
 * `channels` are those of `useWidgetChannels`: the widget's own query first, then its parts. A part that fails or is
 * late leaves the widget standing; its own query decides.
 */
export function widgetState(widget: Widget, channels: readonly ChannelState[]): WidgetState {
  if (needsNothing(widget)) return { kind: 'ready', frames: { main: null, parts: {} }, fault: null, updating: false };
  const names = Object.keys(widget.parts ?? {});
  const own = widget.query ? channels[0] : undefined;
  const leading = own ?? channels[0];
  if (leading === undefined) return { kind: 'loading' };
  if (leading.error && leading.result === null) {
    return { kind: DENIED.has(leading.error.code) ? 'denied' : 'error', error: leading.error };
  }
  if (leading.result === null) return { kind: 'loading' };
  const parts: Record<string, Result> = {};
  for (const [index, name] of names.entries()) {
    const result = channels[index + (own ? 1 : 0)]?.result;
    if (result) parts[name] = result;
  }
  const frames = { main: own?.result ?? null, parts };
  return { kind: 'ready', frames, fault: leading.error, updating: channels.some((channel) => channel.updating) };
}
