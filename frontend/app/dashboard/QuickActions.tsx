import { IconButton } from '../ui/IconButton';
import type { DashboardActions } from './useDashboardActions';

interface QuickActionsProps {
  readonly actions: DashboardActions;
  readonly wall?: boolean;
}

/** The actions used most, as buttons. */
export function QuickActions({ actions, wall = false }: QuickActionsProps) {
  const { paused, togglePause, refresh, toggleWall } = actions;
  return (
    <>
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={paused ? 'Resume updates' : 'Pause updates'}
        shortcut="P"
        pressed={paused}
        onClick={togglePause}
      />
      <IconButton icon="refresh" label="Refresh" shortcut="R" onClick={refresh} />
      {wall ? <IconButton icon="shrink" label="Leave wall mode" shortcut="W" onClick={toggleWall} /> : null}
    </>
  );
}
