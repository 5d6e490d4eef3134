/** Keys that do something anywhere on the page, except while one is typing. */
import { useEffect, useRef } from 'react';

export interface Shortcut {
  readonly key: string;
  readonly does: string;
  /** Only on a dashboard. */
  readonly dashboard?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: '?', does: 'Show these shortcuts' },
  { key: '[', does: 'Fold or unfold the navigation' },
  { key: 'd', does: 'Switch between light and dark' },
  { key: 'g', does: 'Go to all dashboards' },
  { key: 't', does: 'Choose the time range', dashboard: true },
  { key: 'p', does: 'Pause or resume', dashboard: true },
  { key: 'r', does: 'Refresh every widget', dashboard: true },
  { key: 'w', does: 'Enter or leave wall mode', dashboard: true },
  { key: 's', does: 'Copy a link to this view', dashboard: true },
  { key: 'c', does: 'Clear all filters', dashboard: true },
];

interface KeyLike {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
  readonly target: EventTarget | null;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"]') !== null;

/** The key, or null when the event belongs to a field, a dialog or the browser. */
export const shortcutOf = (event: KeyLike): string | null =>
  event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)
    ? null
    : event.key.toLowerCase();

/** Runs the action of a key while the caller is on the page. */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const key = shortcutOf(event);
      const action = key === null ? undefined : latest.current[key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
