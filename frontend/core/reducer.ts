/** Snapshot and deltas to a result, exactly as protocol/README.md says. Pure; keeps identity where nothing changed. */
import { resultOf } from './decode';
import type { DeltaMessage, SnapshotMessage } from './messages';
import { type Compare, rowOrder } from './order';
import type { Bounds, Result, Row, Value } from './values';

/** A row's key as text: equal text means the same row. */
export type RowKey = string;

/** A held result. `keys[i]` is the key of `result.rows[i]`, kept so that a delta does not build them all again. */
export interface Held {
  readonly result: Result;
  readonly keys: readonly RowKey[];
  /** Keys of the rows that the last step put in or replaced. */
  readonly changed: readonly RowKey[];
}

/** `applied`: something may have changed; `ignored`: older than what is held; `gap`: ask for a snapshot. */
export interface Step {
  readonly kind: 'applied' | 'ignored' | 'gap';
  readonly held: Held;
}

const NOTHING: readonly RowKey[] = [];

const keyText = (values: readonly Value[]): RowKey => JSON.stringify(values);

function keyIndexes(result: Result): readonly number[] {
  return result.key.map((name) => result.columns.findIndex((column) => column.name === name));
}

const keyFrom = (row: Row, indexes: readonly number[]): RowKey => keyText(indexes.map((index) => row[index] ?? null));

/** The key of a row of `result`, as in `Held.changed`. */
export function rowKey(result: Result, row: Row): RowKey {
  return keyFrom(row, keyIndexes(result));
}

/** Starts from a snapshot. */
export function hold(snapshot: SnapshotMessage): Held {
  const result = resultOf(snapshot);
  const indexes = keyIndexes(result);
  return { result, keys: result.rows.map((row) => keyFrom(row, indexes)), changed: NOTHING };
}

/** Replaces what is held by a snapshot, keeping the identity of every row and list that is equal. */
export function replace(held: Held | null, snapshot: SnapshotMessage): Held {
  const next = hold(snapshot);
  if (!held) return next;
  const before = new Map(held.keys.map((key, index) => [key, held.result.rows[index]]));
  const rows = next.result.rows.map((row, index) => sameOr(before.get(next.keys[index] ?? ''), row));
  const columns = equalJson(held.result.columns, next.result.columns) ? held.result.columns : next.result.columns;
  return { ...next, result: { ...next.result, columns, rows: sameRows(held.result.rows, rows) } };
}

/** Applies a delta; the caller asks for a refresh on `gap`. */
export function applyDelta(held: Held, delta: DeltaMessage): Step {
  if (delta.base > held.result.offset) return { kind: 'gap', held };
  if (delta.offset < held.result.offset) return { kind: 'ignored', held };
  const { rows, keys, changed } = changeRows(held, delta);
  const window = delta.window ? sameBounds(held.result.window, delta.window) : held.result.window;
  const approximate =
    delta.approximate && !equalJson(delta.approximate, held.result.approximate)
      ? delta.approximate
      : held.result.approximate;
  const { offset, as_of: asOf } = delta;
  const same =
    rows === held.result.rows &&
    window === held.result.window &&
    approximate === held.result.approximate &&
    offset === held.result.offset &&
    asOf === held.result.asOf;
  if (same) return { kind: 'applied', held };
  return {
    kind: 'applied',
    held: { result: { ...held.result, rows, offset, asOf, window, approximate }, keys, changed },
  };
}

interface Keyed {
  readonly key: RowKey;
  readonly row: Row;
}

interface Changed {
  readonly rows: readonly Row[];
  readonly keys: readonly RowKey[];
  readonly changed: readonly RowKey[];
}

function changeRows(held: Held, delta: DeltaMessage): Changed {
  const { result, keys } = held;
  const indexes = keyIndexes(result);
  const put = new Map((delta.upsert ?? []).map((row) => [keyFrom(row, indexes), row]));
  const gone = new Set((delta.remove ?? []).map(keyText));
  dropEqual(held, put, gone);
  if (put.size === 0 && gone.size === 0) return { rows: result.rows, keys, changed: NOTHING };
  const kept: Keyed[] = [];
  keys.forEach((key, index) => {
    const row = result.rows[index];
    if (row && !gone.has(key) && !put.has(key)) kept.push({ key, row });
  });
  const compare = rowOrder(result.columns, result.order, result.key);
  const added = [...put].map(([key, row]): Keyed => ({ key, row })).sort((a, b) => compare(a.row, b.row));
  const merged = merge(kept, added, compare);
  const cut = result.limit === null ? merged : merged.slice(0, result.limit);
  const rows = sameRows(
    result.rows,
    cut.map((entry) => entry.row),
  );
  return { rows, keys: cut.map((entry) => entry.key), changed: [...put.keys()] };
}

/** Forgets upserts that change nothing and removals of rows that are not there or come back in the same delta. */
function dropEqual(held: Held, put: Map<RowKey, Row>, gone: Set<RowKey>): void {
  const present = new Set<RowKey>();
  held.keys.forEach((key, index) => {
    if (gone.has(key)) present.add(key);
    const next = put.get(key);
    const row = held.result.rows[index];
    if (!next || !row || !equalRows(row, next)) return;
    put.delete(key);
    gone.delete(key);
  });
  for (const key of [...gone]) if (!present.has(key)) gone.delete(key);
}

/** Merges two sorted lists; both hold each key once. */
function merge(kept: readonly Keyed[], added: readonly Keyed[], compare: Compare): readonly Keyed[] {
  if (added.length === 0) return kept;
  const merged: Keyed[] = [];
  let next = 0;
  for (const entry of kept) {
    for (let add = added[next]; add && compare(add.row, entry.row) < 0; add = added[next]) {
      merged.push(add);
      next += 1;
    }
    merged.push(entry);
  }
  return merged.concat(added.slice(next));
}

const equalRows = (a: Row, b: Row): boolean => a.length === b.length && a.every((value, index) => value === b[index]);

const sameOr = (before: Row | undefined, row: Row): Row => (before && equalRows(before, row) ? before : row);

function sameRows(before: readonly Row[], rows: readonly Row[]): readonly Row[] {
  return before.length === rows.length && rows.every((row, index) => row === before[index]) ? before : rows;
}

function sameBounds(before: Bounds | null, bounds: Bounds): Bounds {
  return before && before[0] === bounds[0] && before[1] === bounds[1] ? before : bounds;
}

const equalJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
