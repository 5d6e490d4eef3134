import { useCallback, useMemo } from 'react';
import { createFormats } from '../../core/index';
import type { Dashboard, Window } from '../../core/types';
import { useConnection, useDashboard } from '../../react/index';
import { Message } from '../ui/Message';
import { FocusedWidget } from '../widgets/FocusedWidget';
import { type DashboardScene, SceneProvider } from './context';
import { Grid } from './Grid';
import { TopBar } from './TopBar';
import { useAnnounceConnection } from './useAnnounceConnection';
import { useClick } from './useClick';
import { useCut } from './useCut';
import { usePublished } from './usePublished';
import { useView } from './useView';
import { useZone } from './useZone';
import { effectiveFilters, effectiveWindow } from './view';
import { WallFrame } from './WallFrame';

interface DashboardViewProps {
  readonly document: Dashboard;
  readonly version: number | null;
}

/** A dashboard whose document is known: it subscribes once and lives from what arrives. */
export function DashboardView({ document, version }: DashboardViewProps) {
  const [view, change] = useView();
  const filters = useMemo(() => effectiveFilters(document, view.filters), [document, view.filters]);
  const window = useMemo(() => effectiveWindow(document, view), [document, view]);
  const zone = useZone(document);
  const timezone = zone.zone === zone.own ? undefined : zone.zone;
  const subscription = useDashboard(document.id, { filters, window, timezone });
  const { phase } = useConnection();
  usePublished(document.id, version, subscription);
  useAnnounceConnection();

  const formats = useMemo(() => createFormats({ locale: navigator.language, timezone: zone.zone }), [zone.zone]);
  const chooseWindow = useCallback((chosen: Window) => change({ window: chosen }), [change]);
  const focusWidget = useCallback((focus: string | null) => change({ focus }), [change]);
  const clickRow = useClick(view, change);
  const cut = useCut();
  const scene = useMemo<DashboardScene>(
    () => ({
      document,
      subscription,
      formats,
      window,
      zone,
      cut,
      wall: view.wall,
      chooseWindow,
      clickRow,
      focusWidget,
    }),
    [document, subscription, formats, window, zone, cut, view.wall, chooseWindow, clickRow, focusWidget],
  );
  const widgets = document.widgets ?? [];
  const focused = widgets.find((widget) => widget.id === view.focus);

  if (phase === 'revoked') {
    return (
      <Message icon="lock" title="Your access to this dashboard was withdrawn" size="large" alert>
        Whoever administers this server can grant it again.
      </Message>
    );
  }
  return (
    <SceneProvider value={scene}>
      <title>{`${document.title} · Nowboard`}</title>
      <WallFrame wall={view.wall} widgets={widgets}>
        <TopBar view={view} filters={filters} change={change} />
        {widgets.length > 0 ? (
          <Grid widgets={widgets} />
        ) : (
          <Message icon="empty" title="This dashboard has no widgets yet" size="large">
            <p>
              Add some to its file and apply it again with <code>nowboard apply</code>.
            </p>
          </Message>
        )}
      </WallFrame>
      {focused ? <FocusedWidget widget={focused} onClose={() => focusWidget(null)} /> : null}
    </SceneProvider>
  );
}
