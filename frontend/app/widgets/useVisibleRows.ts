/** The rows in view of a long table, and the room that the others would take. */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import type { TableRow } from '../../charts/index';

/** Shorter tables are drawn whole, so that a browser's own search finds everything. */
const VIRTUAL_FROM = 80;
const ROW_HEIGHT = 33;

export interface VisibleRows {
  readonly visible: readonly TableRow[];
  /** Pixels above and below. */
  readonly before: number;
  readonly after: number;
}

export function useVisibleRows(rows: readonly TableRow[], scroller: RefObject<HTMLDivElement | null>): VisibleRows {
  const virtual = rows.length >= VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  if (!virtual) return { visible: rows, before: 0, after: 0 };
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.start ?? 0;
  const end = items.at(-1)?.end ?? 0;
  const visible = items.flatMap(({ index }) => rows[index] ?? []);
  return { visible, before: first, after: Math.max(0, virtualizer.getTotalSize() - end) };
}
