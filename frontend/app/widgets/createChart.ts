/** An ECharts instance on an element. The library, and the outlines of a map, are loaded when first needed. */
import type { EChartsType } from 'echarts/core';
import type { Region } from '../../charts/index';
import { ensureMap } from './maps';

export interface Making {
  readonly dispose: () => void;
}

/** What CSS zoom (wall mode) enlarges must be drawn with as many more pixels, to stay sharp. */
const pixelRatio = (element: HTMLElement): number => {
  const zoom = Number(getComputedStyle(element).getPropertyValue('--nb-zoom')) || 1;
  return window.devicePixelRatio * zoom;
};

/** Fetches the library while the dashboard itself is still on the way. */
export function preloadCharts(): void {
  // A failure shows when a chart is made, with a way to try again.
  import('./echarts').catch(() => undefined);
}

const make = async (element: HTMLElement, region: Region | null): Promise<EChartsType> => {
  const { init, registerMap } = await import('./echarts');
  if (region !== null) await ensureMap(region, registerMap);
  return init(element, null, { renderer: 'canvas', devicePixelRatio: pixelRatio(element) });
};

/** Calls `ready` once, unless disposed before. */
export function createChart(
  element: HTMLElement,
  region: Region | null,
  ready: (chart: EChartsType) => void,
  failed: (error: Error) => void,
): Making {
  let over = false;
  let made: EChartsType | null = null;
  make(element, region).then(
    (chart) => {
      if (over) {
        chart.dispose();
        return;
      }
      made = chart;
      ready(chart);
    },
    (error: unknown) => {
      if (!over) failed(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return {
    dispose: () => {
      over = true;
      made?.dispose();
    },
  };
}
