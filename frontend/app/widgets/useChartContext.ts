/** Everything besides the numbers that decides how a widget is drawn. */
import { useReducedMotion } from '@mantine/hooks';
import { useMemo } from 'react';
import { type ChartContext, themeFor } from '../../charts/index';
import { useScene } from '../dashboard/context';
import { useTheme } from '../theme/useTheme';
import type { WidgetFrames } from './state';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Type on a drawing that fills the screen, in px, and the size from which it does. */
const LARGE_TYPE = 14;
const LARGE: Size = { width: 900, height: 520 };

/** What the viewer of a chart chose for a closer look. */
export interface Closer {
  readonly zoom: readonly [number, number] | null;
  readonly hidden: ReadonlySet<string>;
}

const NOTHING_CHOSEN: Closer = { zoom: null, hidden: new Set() };

/** `size` is that of the drawing area in px. The context changes with the frames, so that `now` keeps up with them. */
export function useChartContext(
  frames: WidgetFrames,
  size: Size,
  { zoom, hidden }: Closer = NOTHING_CHOSEN,
): ChartContext {
  const { formats } = useScene();
  const { shown } = useTheme();
  const reducedMotion = useReducedMotion(false, { getInitialValueInEffect: false });
  const { width, height } = size;
  const zone = frames.main?.timezone ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock is read whenever new frames arrive
  return useMemo(
    () => ({
      theme: themeFor(shown),
      formats: formats.inZone(zone),
      width,
      height,
      reducedMotion,
      ...(width >= LARGE.width && height >= LARGE.height ? { fontSize: LARGE_TYPE } : {}),
      now: Date.now(),
      zoom,
      hidden,
    }),
    [shown, formats, zone, width, height, reducedMotion, zoom, hidden, frames],
  );
}
