import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { chartOption, mapNeeded, summarize } from '../../charts/index';
import type { Widget } from '../../core/types';
import { useHeld, useInView } from '../ui/useInView';
import styles from './Chart.module.css';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';
import { useEcharts } from './useEcharts';
import { useLegendChoice } from './useLegendChoice';
import { useMarkClick } from './useMarkClick';
import { WidgetSkeleton } from './WidgetSkeleton';
import { ZoomLayer } from './ZoomLayer';
import { hasTimeAxis } from './zoom';

interface ChartProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
  readonly onTable: () => void;
}

/** A canvas that is made once and lives as long as the widget; new numbers only move what is drawn. */
export function Chart({ widget, frames: newest, onTable }: ChartProps) {
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const element = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, element);
  const frames = useHeld(newest, useInView(element));
  const size = useMemo(() => ({ width, height }), [width, height]);
  const [zoom, setZoom] = useState<readonly [number, number] | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const context = useChartContext(
    frames,
    size,
    useMemo(() => ({ zoom, hidden }), [zoom, hidden]),
  );
  const option = useMemo(
    () => (width > 0 && height > 0 ? chartOption(widget, frames, context) : null),
    [widget, frames, context, width, height],
  );
  const chart = useEcharts(element, { region: mapNeeded(widget), option, size });
  useLegendChoice(chart, setHidden);
  useMarkClick(chart, widget, frames.main, context);
  const summaryId = useId();

  const openTable = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    onTable();
  };
  return (
    <div className={styles.root}>
      {chart === null ? (
        <div className={styles.waiting}>
          <WidgetSkeleton kind={widget.kind} />
        </div>
      ) : null}
      <div
        ref={ref}
        className={styles.canvas}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: Enter opens the table behind the picture
        tabIndex={0}
        aria-label={widget.title || widget.kind}
        aria-describedby={summaryId}
        aria-keyshortcuts="Enter"
        onKeyDown={openTable}
      />
      <p id={summaryId} className="nb-hidden">
        {summarize(widget, newest, context)} Press Enter for the table
        {widget.clicks ? ', and Enter on a row to follow it' : ''}.
      </p>
      {chart !== null && hasTimeAxis(option) ? (
        <ZoomLayer chart={chart} area={element} zoom={zoom} onZoom={setZoom} />
      ) : null}
    </div>
  );
}
