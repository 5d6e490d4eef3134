import { useMediaQuery } from '@mantine/hooks';
import { describeWindow } from '../../core/index';
import type { Filters } from '../../core/types';
import { PageBar } from '../shell/PageBar';
import { useScene } from './context';
import { FilterBar } from './FilterBar';
import { FilterSheet } from './FilterSheet';
import { LiveBadge } from './LiveBadge';
import { MoreMenu } from './MoreMenu';
import { DialogButton } from './owning/DialogButton';
import { QuickActions } from './QuickActions';
import { TimeRange } from './TimeRange';
import styles from './TopBar.module.css';
import { useDashboardActions } from './useDashboardActions';
import type { ChangeView } from './useView';
import type { ViewState } from './view';

interface TopBarProps {
  readonly view: ViewState;
  readonly filters: Filters;
  readonly change: ChangeView;
}

/** Title, state of the connection, and everything that changes what the page shows. */
export function TopBar({ view, filters, change }: TopBarProps) {
  const { document, formats, window } = useScene();
  const actions = useDashboardActions(view, change);
  const phone = useMediaQuery('(width < 768px)', false, { getInitialValueInEffect: false });
  const hasFilters = Object.keys(filters).length > 0;
  if (view.wall) {
    return (
      <header className={styles.wall}>
        <h1>{document.title}</h1>
        <LiveBadge />
        <p className={styles.zone}>
          {describeWindow(window, formats)}, times in {formats.zoneName(Date.now())}
        </p>
        <div className={styles.leave}>
          <QuickActions actions={actions} wall />
        </div>
      </header>
    );
  }
  const timeRange = document.locked ? null : <TimeRange view={view} change={change} opener={actions.timeRange} />;
  return (
    <PageBar
      title={document.title}
      badge={<LiveBadge />}
      sticky
      actions={
        phone ? (
          <MoreMenu actions={actions} />
        ) : (
          <>
            <DialogButton id={document.id} dialog="publish" text="Publish" whileDraft />
            {timeRange}
            <QuickActions actions={actions} />
            <MoreMenu actions={actions} />
          </>
        )
      }
    >
      {phone ? (
        <div className={styles.second}>
          {timeRange}
          {hasFilters ? <FilterSheet filters={filters} change={change} chosen={view.filters} /> : null}
        </div>
      ) : null}
      {!phone && hasFilters ? <FilterBar filters={filters} change={change} chosen={view.filters} /> : null}
    </PageBar>
  );
}
