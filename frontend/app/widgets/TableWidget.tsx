import { useMemo } from 'react';
import { optionsOf, tableModel } from '../../charts/index';
import type { Widget } from '../../core/types';
import { DataGrid } from './DataGrid';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';
import { useRowClick } from './useRowClick';

interface TableWidgetProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
  /** Keys of the rows that the last update touched. */
  readonly changed: readonly string[];
}

const ANY_SIZE = { width: 600, height: 400 };

/** Rows in the order of the server, until the viewer sorts them. */
export function TableWidget({ widget, frames, changed }: TableWidgetProps) {
  const context = useChartContext(frames, ANY_SIZE);
  const model = useMemo(() => tableModel(widget, frames, context), [widget, frames, context]);
  const activate = useRowClick(widget, frames.main, model?.rows);
  const touched = useMemo(() => new Set(changed), [changed]);
  if (model === null) return null;
  const pageSize = optionsOf('table', widget).page_size;
  return (
    <DataGrid
      heads={model.heads}
      rows={model.rows}
      label={widget.title || 'Table'}
      changed={touched}
      onActivate={activate}
      {...(pageSize ? { pageSize } : {})}
    />
  );
}
