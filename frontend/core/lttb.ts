/** Largest-Triangle-Three-Buckets: fewer points, the same shape. Steinarsson, 2013. */

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

interface Solid {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** Splits at gaps, so that thinning never draws across one. */
function runs(points: readonly Point[]): readonly (readonly Solid[])[] {
  const found: Solid[][] = [];
  let run: Solid[] = [];
  points.forEach(({ x, y }, index) => {
    if (y !== null) {
      if (run.length === 0) found.push(run);
      run.push({ index, x, y });
    } else run = [];
  });
  return found;
}

function average(points: readonly Solid[]): { readonly x: number; readonly y: number } {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

function furthest(
  bucket: readonly Solid[],
  from: Solid,
  to: { readonly x: number; readonly y: number },
): Solid | undefined {
  let best: Solid | undefined;
  let bestArea = -1;
  for (const point of bucket) {
    const area = Math.abs((from.x - to.x) * (point.y - from.y) - (from.x - point.x) * (to.y - from.y));
    if (area > bestArea) {
      best = point;
      bestArea = area;
    }
  }
  return best;
}

function thinRun(run: readonly Solid[], target: number): readonly Solid[] {
  const first = run[0];
  const last = run.at(-1);
  if (!first || !last || run.length <= Math.max(target, 2)) return run;
  const buckets = Math.max(target, 3) - 2;
  const size = (run.length - 2) / buckets;
  const edge = (index: number): number => 1 + Math.floor(index * size);
  const kept: Solid[] = [first];
  let from = first;
  for (let index = 0; index < buckets; index += 1) {
    const next = index + 1 < buckets ? run.slice(edge(index + 1), edge(index + 2)) : [last];
    const chosen = furthest(run.slice(edge(index), edge(index + 1)), from, average(next));
    if (!chosen) continue;
    kept.push(chosen);
    from = chosen;
  }
  kept.push(last);
  return kept;
}

/**
 * Indexes of the points to keep, ascending, about `target` of them. Ends of every run and one point of every gap are
 * kept, so that a gap stays a gap.
 */
export function thin(points: readonly Point[], target: number): readonly number[] {
  if (points.length <= target) return points.map((_, index) => index);
  const solid = runs(points);
  const total = solid.reduce((sum, run) => sum + run.length, 0);
  const kept = solid.flatMap((run) =>
    thinRun(run, Math.round((target * run.length) / total)).map(({ index }) => index),
  );
  const gaps = points.flatMap(({ y }, index) => (y === null && points[index - 1]?.y !== null ? [index] : []));
  return [...kept, ...gaps].sort((a, b) => a - b);
}
