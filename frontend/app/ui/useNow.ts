/** The time, moving on by itself. */
import { useEffect, useState } from 'react';

/** Milliseconds since the epoch, renewed every `interval` ms while the caller is on the page. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
