/** What the parts of one dashboard share. */
import { createContext, useContext } from 'react';
import type { Formats, Subscription } from '../../core/index';
import type { Dashboard, Window } from '../../core/types';
import type { ClickRow } from './useClick';
import type { ZoneControl } from './useZone';

export interface DashboardScene {
  readonly document: Dashboard;
  /** Null until the page has mounted. */
  readonly subscription: Subscription | null;
  readonly formats: Formats;
  /** The time range of the page; widgets with a window of their own do not follow it. */
  readonly window: Window;
  /** In which zone times are shown and asked for. */
  readonly zone: ZoneControl;
  /** The connection is cut: what is shown may be old. */
  readonly cut: boolean;
  readonly wall: boolean;
  /** Makes `window` the time range of the page. */
  readonly chooseWindow: (window: Window) => void;
  /** Does what the widget's `clicks` say for a row of its result. */
  readonly clickRow: ClickRow;
  /** Fills the screen with one widget, or returns to the grid. */
  readonly focusWidget: (id: string | null) => void;
}

const SceneContext = createContext<DashboardScene | null>(null);
export const SceneProvider = SceneContext.Provider;

export function useScene(): DashboardScene {
  const scene = useContext(SceneContext);
  if (scene === null) throw new Error('useScene needs a dashboard above it.');
  return scene;
}
