/** Which dots of a chart can be named without a name touching a dot, another name or the edge. */
import { textWidth } from './measure';

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly text: string;
}

export type Side = 'right' | 'left' | 'top';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const GAP = 4;

function boxAt(dot: Dot, side: Side, size: number): Box {
  const width = textWidth(dot.text, size);
  const height = size * 1.2;
  if (side === 'top') {
    const bottom = dot.y - dot.radius - 1;
    return { left: dot.x - width / 2, right: dot.x + width / 2, top: bottom - height, bottom };
  }
  const left = side === 'right' ? dot.x + dot.radius + GAP : dot.x - dot.radius - GAP - width;
  return { left, right: left + width, top: dot.y - height / 2, bottom: dot.y + height / 2 };
}

const touch = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const boxOf = ({ x, y, radius }: Dot): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

const SIDES: readonly Side[] = ['right', 'left', 'top'];

/** More than this many dots are a cloud; naming a few of them would pick at random. The order decides who is named first. */
const MOST = 400;

/** The side at which each dot may be named, by index; dots without room are left out, and all after the first `most`. */
export function placeLabels(
  dots: readonly Dot[],
  width: number,
  height: number,
  size: number,
  most = Number.POSITIVE_INFINITY,
): ReadonlyMap<number, Side> {
  const placed = new Map<number, Side>();
  if (dots.length > MOST) return placed;
  const taken = dots.map(boxOf);
  dots.forEach((dot, index) => {
    if (dot.text === '' || placed.size >= most) return;
    const fits = (side: Side): boolean => {
      const box = boxAt(dot, side, size);
      const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
      return inside && taken.every((other, place) => place === index || !touch(box, other));
    };
    const side = SIDES.find(fits);
    if (!side) return;
    placed.set(index, side);
    taken.push(boxAt(dot, side, size));
  });
  return placed;
}
