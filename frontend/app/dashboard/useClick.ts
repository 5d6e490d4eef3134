/** Carries out clicks on marks and rows: a filter on the page, or the way to another dashboard. */
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { Result, Row, Widget } from '../../core/types';
import { useShell } from '../shell/context';
import { clickEffect, toggled } from './clicks';
import type { ChangeView } from './useView';
import { type ViewState, writeView } from './view';

export type ClickRow = (widget: Widget, result: Result, row: Row) => void;

export function useClick(view: ViewState, change: ChangeView): ClickRow {
  const [, navigate] = useLocation();
  const { announce, openNavigation } = useShell();
  return useCallback(
    (widget, result, row) => {
      const effect = widget.clicks ? clickEffect(widget.clicks, result, row) : null;
      if (effect?.kind === 'filter') {
        change({ filters: toggled(view.filters, effect.field, effect.value), focus: null });
        announce(`Filtered by ${effect.field}`);
      }
      // A shared page has no other dashboards.
      if (effect?.kind === 'go' && openNavigation !== null) {
        const search = writeView({ window: view.window, filters: effect.filters, wall: view.wall, focus: null });
        navigate(`/dashboards/${encodeURIComponent(effect.dashboard)}${search === '' ? '' : `?${search}`}`);
      }
    },
    [view, change, navigate, announce, openNavigation],
  );
}
