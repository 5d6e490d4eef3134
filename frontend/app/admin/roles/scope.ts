/** A scope as a form holds it, and back. */
import type { Scope } from '../../api/roles';
import { fromRows, fromTextRows, toRows, toTextRows } from '../pairs';
import type { KeyValue } from '../Rows';

export interface ScopeDraft {
  readonly everything: boolean;
  /** Stream or table, and its condition. */
  readonly streams: readonly KeyValue[];
  readonly attributes: readonly KeyValue[];
  /** PII tag, and what is shown in place of its values. */
  readonly masks: readonly KeyValue[];
}

export const draftOf = ({ everything, streams, attributes, masks }: Scope): ScopeDraft => ({
  everything: everything ?? false,
  streams: Object.entries(streams ?? {}).map(([key, { sql }], id) => ({ id, key, value: sql })),
  attributes: toRows(attributes ?? {}),
  masks: toTextRows(masks ?? {}),
});

/** Further conditions (`also`) of `before`, which the form does not show, stay. */
export function scopeOf(draft: ScopeDraft, before: Scope): Scope {
  const streams = Object.entries(fromTextRows(draft.streams)).map(([name, sql]) => {
    const also = before.streams?.[name]?.also;
    return [name, also && also.length > 0 ? { sql, also } : { sql }] as const;
  });
  return {
    everything: draft.everything,
    streams: Object.fromEntries(streams),
    attributes: fromRows(draft.attributes),
    masks: fromTextRows(draft.masks),
  };
}

/** What of the rows is seen, in a few words. */
export function scopeWords({ everything, streams, masks }: Scope): string {
  const named = Object.keys(streams ?? {}).length;
  const hidden = Object.keys(masks ?? {}).length;
  const rows = everything
    ? named === 0
      ? 'All rows'
      : `All rows, ${named} narrowed`
    : named === 0
      ? 'No rows'
      : `Rows of ${named === 1 ? '1 stream' : `${named} streams`}`;
  return hidden === 0 ? rows : `${rows}, ${hidden === 1 ? '1 mask' : `${hidden} masks`}`;
}
