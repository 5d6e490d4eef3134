/** What a click on a bar, slice or other mark does. */
import type { EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import type { Result, Widget } from '../../core/types';
import { rowOfMark } from '../dashboard/clicks';
import { useScene } from '../dashboard/context';

interface Clicked {
  readonly name?: string;
  readonly seriesId?: string;
}

export function useMarkClick(chart: EChartsType | null, widget: Widget, result: Result | null): void {
  const { clickRow } = useScene();
  const latest = useRef(result);
  latest.current = result;
  useEffect(() => {
    if (chart === null || chart.isDisposed() || !widget.clicks) return undefined;
    const click = ({ name, seriesId }: Clicked): void => {
      const shown = latest.current;
      const row = shown && name !== undefined ? rowOfMark(shown, name, seriesId) : null;
      if (shown && row) clickRow(widget, shown, row);
    };
    chart.on('click', click);
    return () => {
      if (!chart.isDisposed()) chart.off('click', click);
    };
  }, [chart, widget, clickRow]);
}
