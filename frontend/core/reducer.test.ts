import { describe, expect, it } from 'vitest';
import { decodeMessage } from './decode';
import type { DeltaMessage, SnapshotMessage } from './messages';
import { applyDelta, hold, replace } from './reducer';
import { golden } from './testing/golden';
import { snapshot } from './testing/world';

interface Example {
  readonly start: SnapshotMessage;
  readonly deltas: readonly (DeltaMessage | SnapshotMessage)[];
  readonly expect: unknown;
  readonly offset: number;
  readonly window?: unknown;
  readonly approximate?: unknown;
  readonly gap?: boolean;
}

const examples = golden('reducer-');

const delta = (base: number, offset: number, part: Partial<DeltaMessage> = {}): DeltaMessage => ({
  type: 'delta',
  channel: 'c',
  base,
  offset,
  as_of: 1_700_000_000_000 + offset,
  ...part,
});

function play(example: Example) {
  let held = hold(example.start);
  let gap = false;
  for (const message of example.deltas) {
    if (message.type === 'snapshot') held = replace(held, message);
    else {
      const step = applyDelta(held, message);
      gap ||= step.kind === 'gap';
      held = step.held;
    }
  }
  return { held, gap };
}

describe('golden exchanges', () => {
  it('are there', () => expect(examples.length).toBeGreaterThan(30));

  it.each(examples)('$file', ({ content }) => {
    const example = content as unknown as Example;
    for (const message of [example.start, ...example.deltas]) expect(decodeMessage(message)).toEqual(message);
    const { held, gap } = play(example);
    expect(held.result.rows).toEqual(example.expect);
    expect(held.result.offset).toBe(example.offset);
    expect(gap).toBe(example.gap ?? false);
    expect(held.keys).toHaveLength(held.result.rows.length);
    if (example.window !== undefined) expect(held.result.window).toEqual(example.window);
    if (example.approximate !== undefined) expect(held.result.approximate).toEqual(example.approximate);
  });
});

describe('identity', () => {
  const start = hold(
    snapshot('c', 10, [
      ['AA', 1],
      ['UA', 2],
    ]),
  );

  it('keeps everything when the same delta comes twice', () => {
    const once = applyDelta(start, delta(10, 11, { upsert: [['AA', 5]] })).held;
    expect(applyDelta(once, delta(10, 11, { upsert: [['AA', 5]] })).held).toBe(once);
  });

  it('keeps rows that did not change, and the list when none did', () => {
    const moved = applyDelta(start, delta(10, 11, { upsert: [['AA', 5]] })).held;
    expect(moved.result.rows[1]).toBe(start.result.rows[1]);
    const quiet = applyDelta(start, delta(10, 12, { upsert: [['AA', 1]] })).held;
    expect(quiet.result.rows).toBe(start.result.rows);
    expect(quiet.result.offset).toBe(12);
  });

  it('keeps equal rows and columns of a new snapshot', () => {
    const next = replace(
      start,
      snapshot('c', 20, [
        ['AA', 1],
        ['UA', 3],
      ]),
    );
    expect(next.result.rows[0]).toBe(start.result.rows[0]);
    expect(next.result.columns).toBe(start.result.columns);
    expect(
      replace(
        start,
        snapshot('c', 20, [
          ['AA', 1],
          ['UA', 2],
        ]),
      ).result.rows,
    ).toBe(start.result.rows);
  });

  it('names the rows that changed', () => {
    expect(
      applyDelta(
        start,
        delta(10, 11, {
          upsert: [
            ['AA', 5],
            ['UA', 2],
          ],
        }),
      ).held.changed,
    ).toEqual(['["AA"]']);
  });

  it('never touches what it was given', () => {
    const frozen = hold(structuredClone(snapshot('c', 10, [['AA', 1]])));
    const before = structuredClone(frozen);
    applyDelta(frozen, delta(10, 11, { upsert: [['BB', 5]], remove: [['AA']] }));
    expect(frozen).toEqual(before);
  });
});

it('equals a fresh snapshot after any number of deltas', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const truth = new Map<string, number>();
  let held = hold(snapshot('c', 0, []));
  for (let offset = 1; offset <= 400; offset += 1) {
    const key = `k${random(40)}`;
    const gone = random(4) === 0;
    if (gone) truth.delete(key);
    else truth.set(key, random(100));
    const change = gone ? { remove: [[key]] } : { upsert: [[key, truth.get(key) ?? 0]] };
    held = applyDelta(held, delta(offset - 1, offset, change)).held;
    const fresh = [...truth].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(held.result.rows).toEqual(fresh);
  }
});
