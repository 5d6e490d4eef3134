import { useMemo, useState } from 'react';
import { chartOption, kpiModel, summarize } from '../../charts/index';
import type { Widget } from '../../core/types';
import kpi from './KpiWidget.module.css';
import { newestFrames } from './newest';
import { Spark } from './Spark';
import type { WidgetFrames } from './state';
import { type Size, useChartContext } from './useChartContext';

interface SparklineWidgetProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
}

/** A line without axes, and its newest value. */
export function SparklineWidget({ widget, frames }: SparklineWidgetProps) {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const context = useChartContext(frames, size);
  const option = useMemo(() => chartOption(widget, frames, context), [widget, frames, context]);
  const value = widget.options?.['y'];
  const number = kpiModel(
    { ...widget, kind: 'kpi', options: typeof value === 'string' ? { value } : {} },
    newestFrames(frames, typeof value === 'string' ? value : null),
    context,
  );
  return (
    <div className={kpi.root}>
      <div className={kpi.frame}>
        {number ? (
          <p className={kpi.value} title={number.exact}>
            <span className={`${kpi.number} nb-number`}>
              {number.number}
              {number.unit === '%' ? '%' : ''}
            </span>
            {number.unit === '' || number.unit === '%' ? null : <span className={kpi.unit}>{number.unit}</span>}
          </p>
        ) : null}
        <Spark option={size.width > 0 ? option : null} onSize={setSize} />
        <p className="nb-hidden">{summarize(widget, frames, context)}</p>
      </div>
    </div>
  );
}
