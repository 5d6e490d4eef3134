/** One ECharts instance per element: made once, fed with options, resized and disposed with its owner. */
import type { EChartsOption } from 'echarts';
import type { EChartsType } from 'echarts/core';
import { type RefObject, useEffect, useState } from 'react';
import type { Region } from '../../charts/index';
import { createChart } from './createChart';
import type { Size } from './useChartContext';

interface Wish {
  /** The outline that must be there before the first drawing. */
  readonly region: Region | null;
  readonly option: EChartsOption | null;
  readonly size: Size;
}

/** The instance once it is ready. Throws in render when it cannot be made, so that its widget fails alone. */
export function useEcharts(element: RefObject<HTMLElement | null>, { region, option, size }: Wish): EChartsType | null {
  const [chart, setChart] = useState<EChartsType | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const { width, height } = size;
  const measured = width > 0 && height > 0;

  useEffect(() => {
    if (!measured || element.current === null) return undefined;
    const making = createChart(element.current, region, setChart, setFault);
    return () => {
      making.dispose();
      setChart(null);
    };
  }, [measured, region, element]);

  useEffect(() => {
    if (chart === null || chart.isDisposed() || option === null || !measured) return;
    if (chart.getWidth() !== width || chart.getHeight() !== height) {
      chart.resize({ width, height, animation: { duration: 0 } });
    }
    chart.setOption(option, { replaceMerge: ['series', 'legend', 'graphic'] });
  }, [chart, option, width, height, measured]);

  if (fault !== null) throw fault;
  return chart;
}
