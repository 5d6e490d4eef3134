/** What a click on a row of a table does. */
import { useCallback, useRef } from 'react';
import type { TableRow } from '../../charts/index';
import type { Result, Widget } from '../../core/types';
import { useScene } from '../dashboard/context';

/** Undefined where the widget's rows do nothing. The function stays the same while numbers arrive. */
export function useRowClick(
  widget: Widget,
  result: Result | null,
  rows: readonly TableRow[] | undefined,
): ((key: TableRow['key']) => void) | undefined {
  const { clickRow } = useScene();
  const latest = useRef({ result, rows });
  latest.current = { result, rows };
  const activate = useCallback(
    (key: TableRow['key']): void => {
      const { result: shown, rows: drawn } = latest.current;
      const index = drawn?.findIndex((row) => row.key === key) ?? -1;
      const row = shown?.rows[index];
      if (shown && row) clickRow(widget, shown, row);
    },
    [clickRow, widget],
  );
  return widget.clicks ? activate : undefined;
}
