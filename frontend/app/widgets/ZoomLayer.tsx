import type { EChartsType } from 'echarts/core';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useScene } from '../dashboard/context';
import styles from './Chart.module.css';
import { dragged, type Stretch, windowOf } from './zoom';

interface ZoomLayerProps {
  readonly chart: EChartsType;
  readonly area: RefObject<HTMLElement | null>;
  readonly zoom: Stretch | null;
  readonly onZoom: (zoom: Stretch | null) => void;
}

/** Calls back with the drag of a mouse over `area`, in its own pixels: while it lasts, and when it is over. */
function useDrag(
  area: RefObject<HTMLElement | null>,
  onMove: (drag: Stretch | null) => void,
  onEnd: (drag: Stretch) => void,
) {
  const latest = useRef({ onMove, onEnd });
  latest.current = { onMove, onEnd };
  useEffect(() => {
    const element = area.current;
    if (element === null) return undefined;
    let start: number | null = null;
    const place = (event: PointerEvent): number => event.clientX - element.getBoundingClientRect().left;
    const down = (event: PointerEvent): void => {
      // A finger scrolls the page.
      if (event.pointerType === 'mouse' && event.button === 0) start = place(event);
    };
    const move = (event: PointerEvent): void => {
      if (start !== null) latest.current.onMove(dragged(start, place(event), element.clientWidth));
    };
    const up = (event: PointerEvent): void => {
      if (start === null) return;
      const drag = dragged(start, place(event), element.clientWidth);
      start = null;
      latest.current.onMove(null);
      if (drag !== null) latest.current.onEnd(drag);
    };
    element.addEventListener('pointerdown', down);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    return () => {
      element.removeEventListener('pointerdown', down);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
    };
  }, [area]);
}

/** Drag over a chart of time to look closer; the stretch can become the time range of the page. */
export function ZoomLayer({ chart, area, zoom, onZoom }: ZoomLayerProps) {
  const { chooseWindow, wall } = useScene();
  const [drag, setDrag] = useState<Stretch | null>(null);
  useDrag(area, setDrag, ([left, right]) => {
    const instant = (pixel: number): number => Number(chart.convertFromPixel({ xAxisIndex: 0 }, pixel));
    const [from, to] = [instant(left), instant(right)];
    if (Number.isFinite(from) && Number.isFinite(to) && to > from) onZoom([from, to]);
  });
  const use = (): void => {
    if (zoom === null) return;
    chooseWindow(windowOf(zoom));
    onZoom(null);
  };
  return (
    <>
      {drag === null ? null : (
        <div className={styles.selection} style={{ left: drag[0], width: drag[1] - drag[0] }} aria-hidden="true" />
      )}
      {zoom === null || wall ? null : (
        <div className={styles.zoomed}>
          <button type="button" onClick={use}>
            Use as time range
          </button>
          <button type="button" onClick={() => onZoom(null)}>
            Reset zoom
          </button>
        </div>
      )}
    </>
  );
}
