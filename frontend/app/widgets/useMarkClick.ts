/** What a click on a bar, slice or other mark does. */
import type { EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { type ChartContext, type ClickedMark, rowOfMark } from '../../charts/index';
import type { Result, Widget } from '../../core/types';
import { useScene } from '../dashboard/context';

export function useMarkClick(
  chart: EChartsType | null,
  widget: Widget,
  result: Result | null,
  context: ChartContext,
): void {
  const { clickRow } = useScene();
  const latest = useRef({ result, context });
  latest.current = { result, context };
  useEffect(() => {
    if (chart === null || chart.isDisposed() || !widget.clicks) return undefined;
    const click = (mark: ClickedMark): void => {
      const { result: shown, context: drawn } = latest.current;
      const row = shown === null ? null : rowOfMark(widget, shown, mark, drawn);
      if (shown && row) clickRow(widget, shown, row);
    };
    chart.on('click', click);
    return () => {
      if (!chart.isDisposed()) chart.off('click', click);
    };
  }, [chart, widget, clickRow]);
}
