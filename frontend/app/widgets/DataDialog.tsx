import { Modal } from '@mantine/core';
import { useMemo } from 'react';
import { type DataTable, dataTable, summarize, type TableRow } from '../../charts/index';
import type { Widget } from '../../core/types';
import { DataGrid } from './DataGrid';
import type { GridHead } from './grid';
import type { WidgetFrames } from './state';
import { useChartContext } from './useChartContext';
import { useRowClick } from './useRowClick';
import styles from './Widgets.module.css';

interface DataDialogProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const ANY_SIZE = { width: 800, height: 400 };

const headsOf = (table: DataTable): readonly GridHead[] =>
  table.columns.map(({ name, title, align }) => ({ name, title, unit: '', align, numeric: align === 'end' }));

const rowsOf = (table: DataTable): readonly TableRow[] =>
  table.rows.map((texts, row) => ({
    key: String(row),
    cells: texts.map((text, column) => ({ value: table.values[row]?.[column] ?? null, text, bar: null, heat: null })),
  }));

function Content({ widget, frames, onClose }: Omit<DataDialogProps, 'opened'>) {
  const context = useChartContext(frames, ANY_SIZE);
  const table = useMemo(() => dataTable(widget, frames, context), [widget, frames, context]);
  const rows = useMemo(() => (table === null ? [] : rowsOf(table)), [table]);
  const click = useRowClick(widget, frames.main, rows);
  if (table === null) return null;
  const activate = (key: TableRow['key']): void => {
    onClose();
    click?.(key);
  };
  return (
    <>
      <p className={styles.summary}>{summarize(widget, frames, context)}</p>
      <div className={styles.dialogTable}>
        <DataGrid
          heads={headsOf(table)}
          rows={rows}
          label={widget.title || 'Data'}
          onActivate={click ? activate : undefined}
        />
      </div>
      {table.truncated ? <p className={styles.summary}>The result was cut off by the server's row cap.</p> : null}
    </>
  );
}

/** The table behind a widget, live while it is open. */
export function DataDialog({ widget, frames, opened, onClose }: DataDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={widget.title || 'Data'}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened ? <Content widget={widget} frames={frames} onClose={onClose} /> : null}
    </Modal>
  );
}
