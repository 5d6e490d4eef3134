/** Keeps the screen on where the browser can. */
import { useEffect } from 'react';

export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      // Refused on a low battery or without a user's gesture; the wall then works as before.
      const granted = await navigator.wakeLock.request('screen').catch(() => null);
      if (over) await granted?.release();
      else lock = granted;
    };
    void ask();
    // The browser drops the lock whenever the tab is hidden.
    document.addEventListener('visibilitychange', ask);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, [wanted]);
}
