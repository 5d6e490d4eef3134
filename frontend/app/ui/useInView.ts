/** Whether an element is on screen or about to be. */
import { type RefObject, useEffect, useState } from 'react';

/** Charts a little outside are drawn too, so that scrolling never shows an old one. */
const MARGIN = '300px';

export function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [inView, setInView] = useState(true);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? true), {
      rootMargin: MARGIN,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return inView;
}

/** `value` as it was when `fresh` was true last; spares work for what nobody sees. */
export function useHeld<T>(value: T, fresh: boolean): T {
  const [held, setHeld] = useState(value);
  if (fresh && !Object.is(held, value)) setHeld(value);
  return fresh ? value : held;
}
