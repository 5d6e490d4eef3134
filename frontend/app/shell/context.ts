/** What pages may ask of the frame around them. */
import { createContext, useContext } from 'react';

export interface ShellControl {
  /** Opens the navigation where it is not always on screen; null where there is none. */
  readonly openNavigation: (() => void) | null;
  /** Says `text` to screen readers, politely. */
  readonly announce: (text: string) => void;
}

export const ShellContext = createContext<ShellControl>({ openNavigation: null, announce: () => {} });

export const useShell = (): ShellControl => useContext(ShellContext);
