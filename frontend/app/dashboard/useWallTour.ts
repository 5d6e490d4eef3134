/** A wall shows all of a dashboard that is taller than the screen: it moves on a screen at a time, and starts again. */
import { useEffect } from 'react';

/** Long enough to read a screen from a distance. */
const STAY_MS = 20_000;
/** How long the wall stands still after somebody scrolled it by hand. */
const YIELD_MS = 60_000;
/** Widgets cut by the lower edge are seen whole on the next screen. */
const OVERLAP = 0.15;

export interface Stretch {
  readonly top: number;
  readonly view: number;
  readonly whole: number;
}

/** Where to scroll next: a screen further, the very end, or back to the top. */
export function nextStop({ top, view, whole }: Stretch): number {
  const end = Math.max(0, whole - view);
  if (top >= end - 1) return 0;
  return Math.min(end, top + view * (1 - OVERLAP));
}

export function useWallTour(wall: boolean): void {
  useEffect(() => {
    if (!wall) return undefined;
    let heldUntil = 0;
    const hold = (): void => {
      heldUntil = Date.now() + YIELD_MS;
    };
    const move = (): void => {
      if (Date.now() < heldUntil) return;
      const page = document.documentElement;
      const top = nextStop({ top: page.scrollTop, view: page.clientHeight, whole: page.scrollHeight });
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      page.scrollTo({ top, behavior: calm ? 'instant' : 'smooth' });
    };
    const timer = setInterval(move, STAY_MS);
    const signs = ['wheel', 'keydown', 'pointerdown'] as const;
    for (const sign of signs) document.addEventListener(sign, hold, { passive: true });
    return () => {
      clearInterval(timer);
      for (const sign of signs) document.removeEventListener(sign, hold);
    };
  }, [wall]);
}
