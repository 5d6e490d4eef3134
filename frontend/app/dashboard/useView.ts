/** The viewer's choices, read from the address and written back to it. */
import { useMemo, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { readView, type ViewState, writeView } from './view';

export type ChangeView = (change: Partial<ViewState>) => void;

export function useView(): readonly [ViewState, ChangeView] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const view = useMemo(() => readView(search), [search]);
  const latest = useRef({ view, path, navigate });
  latest.current = { view, path, navigate };
  const change = useMemo<ChangeView>(
    () => (part) => {
      const { view: held, path: here, navigate: go } = latest.current;
      const next = writeView({ ...held, ...part });
      go(next === '' ? here : `${here}?${next}`, { replace: true });
    },
    [],
  );
  return [view, change];
}
