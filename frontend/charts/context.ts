/** What a chart is drawn from and for. */
import type { Widget } from '../core/documents';
import type { Formats } from '../core/format';
import type { Result } from '../core/values';
import type { Theme } from './theme';

/** The results of a widget: of its own query and of its parts. */
export interface Frames {
  readonly main: Result | null;
  readonly parts: Readonly<Record<string, Result | null>>;
}

export interface ChartContext {
  readonly theme: Theme;
  /** In the viewer's locale; a result that names a zone is shown in that zone. */
  readonly formats: Formats;
  /** Pixels of the drawing, without the card's head. */
  readonly width: number;
  readonly height: number;
  readonly reducedMotion: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Text size in pixels; larger on walls. */
  readonly fontSize?: number;
  /** Instants of the horizontal axis that are zoomed into; the ticks follow. */
  readonly zoom?: readonly [number, number] | null;
  /** Names that the viewer took out of the picture by its legend. */
  readonly hidden?: ReadonlySet<string>;
}

export const fontSizeOf = (context: ChartContext): number => context.fontSize ?? 12;

/** Whether something of this name is drawn. */
export const isShown = ({ hidden }: { readonly hidden?: ReadonlySet<string> | undefined }, name: string): boolean =>
  hidden?.has(name) !== true;

export const NO_FRAMES: Frames = { main: null, parts: {} };

/** The formats of a result: in its own zone where it names one. */
export function formatsOf(context: ChartContext, result: Result): Formats {
  return context.formats.inZone(result.timezone);
}

export type { Result, Widget };
