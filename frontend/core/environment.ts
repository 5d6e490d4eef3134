/** What the client needs from the world around it: time, chance, and whether anybody looks. */
import type { Scheduler } from './store';

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  after(milliseconds: number, action: () => void): Cancel;
}

export type Signal = 'online' | 'offline' | 'visible' | 'hidden';

export interface Environment {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly schedule: Scheduler;
  readonly online: () => boolean;
  readonly visible: () => boolean;
  /** Calls `listener` on every change until the returned function is called. */
  readonly watch: (listener: (signal: Signal) => void) => Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A hidden tab paints nothing: its values may change at leisure, but must not wait for a frame that never comes. */
const HIDDEN_FLUSH_MS = 250;

const isVisible = (): boolean => typeof document === 'undefined' || document.visibilityState !== 'hidden';

/** Once per animation frame while the page is visible. */
export const frameScheduler: Scheduler = (flush) => {
  if (typeof requestAnimationFrame !== 'function' || !isVisible()) {
    setTimeout(flush, HIDDEN_FLUSH_MS);
    return;
  }
  let ran = false;
  const once = (): void => {
    if (ran) return;
    ran = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    flush();
  };
  const frame = requestAnimationFrame(once);
  // A tab hidden between the request and the frame would otherwise stand still.
  const timer = setTimeout(once, HIDDEN_FLUSH_MS);
};

const watchBrowser = (listener: (signal: Signal) => void): Cancel => {
  if (typeof window === 'undefined') return () => {};
  const online = (): void => listener('online');
  const offline = (): void => listener('offline');
  const visibility = (): void => listener(isVisible() ? 'visible' : 'hidden');
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  document.addEventListener('visibilitychange', visibility);
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', visibility);
  };
};

/** The browser as it is. */
export function browserEnvironment(): Environment {
  return {
    clock: systemClock,
    random: Math.random,
    schedule: frameScheduler,
    online: () => typeof navigator === 'undefined' || navigator.onLine !== false,
    visible: isVisible,
    watch: watchBrowser,
  };
}
