/** What a viewer takes out of a chart by its legend, so that it stays out while the numbers move. */
import type { EChartsType } from 'echarts/core';
import { useEffect } from 'react';

interface Choice {
  readonly selected: Readonly<Record<string, boolean>>;
}

/** Calls back with the names that are hidden, whenever a name of the legend was clicked. */
export function useLegendChoice(chart: EChartsType | null, onHidden: (names: ReadonlySet<string>) => void): void {
  useEffect(() => {
    if (chart === null || chart.isDisposed()) return undefined;
    const changed = (choice: unknown): void => {
      const { selected } = choice as Choice;
      onHidden(new Set(Object.keys(selected).filter((name) => selected[name] === false)));
    };
    chart.on('legendselectchanged', changed);
    return () => {
      if (!chart.isDisposed()) chart.off('legendselectchanged', changed);
    };
  }, [chart, onHidden]);
}
