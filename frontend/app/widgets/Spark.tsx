import { useElementSize, useMergedRef } from '@mantine/hooks';
import type { EChartsOption } from 'echarts';
import { useEffect, useRef } from 'react';
import styles from './Spark.module.css';
import type { Size } from './useChartContext';
import { useEcharts } from './useEcharts';

interface SparkProps {
  readonly option: EChartsOption | null;
  /** Told the size of the drawing, which the option is made for. */
  readonly onSize: (size: Size) => void;
}

/** A line without axes at the foot of a number. What it says is in the widget's summary. */
export function Spark({ option, onSize }: SparkProps) {
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const element = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, element);
  useEffect(() => onSize({ width, height }), [onSize, width, height]);
  useEcharts(element, { region: null, option, size: { width, height } });
  return (
    <div className={styles.root} aria-hidden="true">
      <div ref={ref} className={styles.canvas} />
    </div>
  );
}
