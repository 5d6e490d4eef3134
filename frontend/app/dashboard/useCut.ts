/** Whether the numbers on the page have been without a connection for long enough to say so on every card. */
import { useEffect, useState } from 'react';
import { useConnection } from '../../react/index';

/** Most reconnections take less; dimming every card for them would only flicker. */
const PATIENCE_MS = 3_000;

export function useCut(): boolean {
  const { phase } = useConnection();
  const [cut, setCut] = useState(false);
  const lost = phase === 'reconnecting' || phase === 'offline';
  useEffect(() => {
    if (!lost) {
      setCut(false);
      return undefined;
    }
    const timer = setTimeout(() => setCut(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return cut && lost;
}
