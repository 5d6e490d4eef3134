/** What one can do with a dashboard, for buttons, the menu and the keyboard alike. */
import { useClipboard, useDisclosure } from '@mantine/hooks';
import { useConnection, useLiveClient } from '../../react/index';
import { useShell } from '../shell/context';
import { useShortcuts } from '../shell/shortcuts';
import type { ChangeView } from './useView';
import type { ViewState } from './view';

export interface DashboardActions {
  readonly paused: boolean;
  readonly togglePause: () => void;
  readonly refresh: () => void;
  readonly toggleWall: () => void;
  readonly share: () => void;
  readonly shared: boolean;
  readonly clearFilters: () => void;
  readonly timeRange: { readonly opened: boolean; readonly toggle: () => void; readonly close: () => void };
}

const enterFullScreen = (): void => {
  // Refused inside frames; wall mode then fills the window instead.
  document.documentElement.requestFullscreen?.().catch(() => {});
};

const leaveFullScreen = (): void => {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
};

export function useDashboardActions(view: ViewState, change: ChangeView): DashboardActions {
  const client = useLiveClient();
  const { phase, reason } = useConnection();
  const { announce } = useShell();
  const clipboard = useClipboard({ timeout: 2000 });
  const [opened, { toggle, close }] = useDisclosure(false);
  const paused = phase === 'paused' && reason !== 'hidden';

  const togglePause = (): void => {
    if (paused) client.resume();
    else client.pause();
  };
  const refresh = (): void => {
    client.refresh();
    announce('Refreshing every widget');
  };
  const toggleWall = (): void => {
    if (view.wall) leaveFullScreen();
    else enterFullScreen();
    change({ wall: !view.wall, focus: null });
  };
  const share = (): void => {
    clipboard.copy(window.location.href);
    announce('The link is on the clipboard');
  };
  const clearFilters = (): void => change({ filters: {} });

  useShortcuts({ p: togglePause, r: refresh, w: toggleWall, s: share, c: clearFilters, t: toggle });
  return {
    paused,
    togglePause,
    refresh,
    toggleWall,
    share,
    shared: clipboard.copied,
    clearFilters,
    timeRange: { opened, toggle, close },
  };
}
