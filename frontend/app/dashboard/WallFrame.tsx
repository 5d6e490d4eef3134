import { useViewportSize } from '@mantine/hooks';
import { type CSSProperties, type ReactNode, useMemo } from 'react';
import type { Widget } from '../../core/types';
import { placesAt, rowsOf, wallFit } from './layout';
import { useWakeLock } from './useWakeLock';
import { useWallTour } from './useWallTour';
import styles from './WallFrame.module.css';

interface WallFrameProps {
  readonly wall: boolean;
  readonly widgets: readonly Widget[];
  readonly children: ReactNode;
}

/** Title line and padding around the grid. */
const CHROME = 48 + 16 + 16;

type WallStyle = CSSProperties & Record<`--${string}`, string>;

/** On a wall: larger type, rows that fit the screen, and a screen that stays awake. Elsewhere: nothing. */
export function WallFrame({ wall, widgets, children }: WallFrameProps) {
  const { width, height } = useViewportSize();
  const rows = useMemo(() => rowsOf(placesAt(widgets, 'lg')), [widgets]);
  useWakeLock(wall);
  useWallTour(wall);
  if (!wall || width === 0) return children;
  const { zoom, row } = wallFit(width, height, rows, CHROME);
  const style: WallStyle = { zoom, '--nb-row': `${row}px`, '--nb-zoom': String(zoom) };
  return (
    <div className={styles.root} style={style}>
      {children}
    </div>
  );
}
