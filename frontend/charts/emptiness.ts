/** Whether there is nothing to draw, and what to say then. */
import type { Widget, WidgetKind } from '../core/documents';
import type { Result } from '../core/values';
import type { Frames } from './context';
import { measure, numberAt, pick } from './frame';
import { optionsOf } from './options';

export interface Emptiness {
  /** `no_rows`: nothing matches; `no_values`: rows without numbers; `no_column`: the options name what is not there. */
  readonly kind: 'no_rows' | 'no_values' | 'no_column';
  readonly message: string;
}

const NO_ROWS: Emptiness = { kind: 'no_rows', message: 'No events in this time range.' };
const NO_VALUES: Emptiness = { kind: 'no_values', message: 'No values in this time range.' };

const SINGLE = new Set<WidgetKind>(['kpi', 'gauge']);
const WITHOUT_QUERY = new Set<WidgetKind>(['text', 'alerts']);

function missingColumn(widget: Widget, result: Result): string | null {
  const named = namedColumns(widget);
  return named.find((name) => pick(result, name) === null) ?? null;
}

/** Columns that a kind cannot do without. */
function namedColumns(widget: Widget): readonly string[] {
  switch (widget.kind) {
    case 'scatter': {
      const { x, y } = optionsOf('scatter', widget);
      return [x, y];
    }
    case 'histogram':
      return [optionsOf('histogram', widget).bin];
    case 'cohort': {
      const { cohort, period, value } = optionsOf('cohort', widget);
      return [cohort, period, value];
    }
    case 'treemap': {
      const { path, value } = optionsOf('treemap', widget);
      return [...path, value];
    }
    case 'sankey': {
      const { source, target, value } = optionsOf('sankey', widget);
      return [source, target, value];
    }
    default:
      return [];
  }
}

function hasNoValues(widget: Widget, result: Result): boolean {
  if (['table', 'status', 'scatter', 'map', 'funnel', 'treemap', 'sankey'].includes(widget.kind)) return false;
  const picked = measure(result);
  if (!picked) return false;
  return result.columns.every((column, index) => {
    const isMeasure = column.role === 'measure' || index === picked.index;
    return !isMeasure || result.rows.every((row) => numberAt(row, { column, index }) === null);
  });
}

/** Null when there is something to draw, or nothing has come yet. */
export function emptiness(widget: Widget, frames: Frames): Emptiness | null {
  if (WITHOUT_QUERY.has(widget.kind)) return null;
  const { main } = frames;
  const parts = Object.values(frames.parts);
  if (!main) return null;
  const column = missingColumn(widget, main);
  if (column !== null) return { kind: 'no_column', message: `The result has no column "${column}".` };
  if (main.rows.length === 0) return parts.some((part) => part && part.rows.length > 0) ? null : NO_ROWS;
  if (hasNoValues(widget, main)) return SINGLE.has(widget.kind) ? NO_VALUES : NO_ROWS;
  return null;
}
