/** What a viewer chose on a dashboard, as it stands in the page's address: window, filters, wall, one widget. */
import type { Dashboard, Filter, Filters, FilterValue, Range, Value, Window } from '../../core/types';

export interface ViewState {
  /** Null: the dashboard's own. */
  readonly window: Window | null;
  /** Only what the viewer chose; an empty list lifts a default. */
  readonly filters: Filters;
  readonly wall: boolean;
  /** The widget that fills the screen. */
  readonly focus: string | null;
}

export const isRange = (value: FilterValue): value is Range => !Array.isArray(value);

const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
const DURATION = /^\d+(ms|s|m|h|d|w|mo|y)$/;
const PREFIX = 'f.';

const readWindow = (search: URLSearchParams): Window | null => {
  const last = search.get('last');
  if (last !== null && DURATION.test(last)) return { last };
  const since = UNITS.find((unit) => unit === search.get('since'));
  if (since) return { since };
  const from = search.get('from');
  const to = search.get('to');
  if (from || to) return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  return search.get('all') === '1' ? { all: true } : null;
};

/** Numbers and booleans are written bare; text that looks like one of them is quoted. */
export const writeValue = (value: Value): string => {
  if (typeof value !== 'string') return String(value);
  return value === readValue(value) ? value : JSON.stringify(value);
};

export const readValue = (text: string): Value => {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Value;
  } catch {
    // Not JSON: text as it stands.
  }
  return text;
};

const readFilters = (search: URLSearchParams): Filters => {
  const filters: Record<string, FilterValue> = {};
  for (const key of new Set(search.keys())) {
    if (!key.startsWith(PREFIX)) continue;
    const [field = '', side] = key.slice(PREFIX.length).split(':');
    const texts = search.getAll(key);
    if (side === 'min' || side === 'max') {
      const held = filters[field];
      filters[field] = { ...(held && isRange(held) ? held : {}), [side]: readValue(texts[0] ?? '') };
    } else if (side === undefined && field !== '') {
      filters[field] = texts.filter((text) => text !== '').map(readValue);
    }
  }
  return filters;
};

export function readView(text: string): ViewState {
  const search = new URLSearchParams(text);
  return {
    window: readWindow(search),
    filters: readFilters(search),
    // `?wall` alone is enough to type.
    wall: search.has('wall') && search.get('wall') !== '0',
    focus: search.get('widget'),
  };
}

/** The query string of `view`, without the question mark; empty when nothing was chosen. */
export function writeView(view: ViewState): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(view.window ?? {})) search.set(key, value === true ? '1' : String(value));
  for (const [field, value] of Object.entries(view.filters)) {
    if (!isRange(value)) {
      const texts = value.length === 0 ? [''] : value.map(writeValue);
      for (const text of texts) search.append(PREFIX + field, text);
      continue;
    }
    if (value.min != null) search.set(`${PREFIX}${field}:min`, writeValue(value.min));
    if (value.max != null) search.set(`${PREFIX}${field}:max`, writeValue(value.max));
  }
  if (view.wall) search.set('wall', '1');
  if (view.focus !== null) search.set('widget', view.focus);
  return search.toString();
}

const defaultOf = (filter: Filter): FilterValue | null => {
  const value = filter.default;
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? value : [value];
};

/** Fields that clicks on its widgets filter by, besides those it offers filters for. */
const clickedFields = ({ widgets }: Dashboard): ReadonlySet<string> =>
  new Set((widgets ?? []).flatMap(({ clicks }) => clicks?.filter ?? []));

/**
 * What each filter of the dashboard holds: the viewer's choice, else its default, else an empty list. With what was
 * chosen by clicks; a field that the dashboard neither offers nor clicks on is left out.
 */
export function effectiveFilters(document: Dashboard, chosen: Filters): Filters {
  const clicked = clickedFields(document);
  const own = (document.filters ?? []).map((filter) => [filter.field, chosen[filter.field] ?? defaultOf(filter) ?? []]);
  return {
    ...Object.fromEntries(Object.entries(chosen).filter(([field]) => clicked.has(field))),
    ...Object.fromEntries(own),
  };
}

/** How many filters narrow the page. */
export function activeCount(filters: Filters): number {
  return Object.values(filters).filter((value) =>
    isRange(value) ? value.min != null || value.max != null : value.length > 0,
  ).length;
}

/** The window that widgets without their own follow. */
export const effectiveWindow = (document: Dashboard, view: ViewState): Window =>
  (document.locked ? null : view.window) ?? document.window ?? { last: '24h' };
