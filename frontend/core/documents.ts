/** Dashboards, widgets, filters and queries as documents. */
import type { Value } from './values';

/** Exactly one of `last`, `since`, `from`/`to` and `all` is given. */
export interface Window {
  /** A sliding duration such as `90s`, `15m`, `1h`, `7d`. */
  readonly last?: string;
  /** The running calendar unit in the query's zone. */
  readonly since?: 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
  /** RFC 3339 instants or dates; start included, end excluded. */
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
}

export interface Range {
  readonly min?: Value;
  readonly max?: Value;
}

/** A list of values, or a range with both ends included. */
export type FilterValue = readonly Value[] | Range;
export type Filters = Readonly<Record<string, FilterValue>>;

export interface Measure {
  readonly name: string;
  readonly sql?: string;
  readonly filter?: string;
  readonly label?: string;
  readonly unit?: string;
  readonly format?: string;
  readonly decimals?: number;
}

export interface Dimension {
  readonly name: string;
  readonly sql?: string;
  readonly label?: string;
}

export interface MetricQuery {
  readonly stream: string;
  readonly measures: readonly (string | Measure)[];
  readonly by?: readonly (string | Dimension)[];
  readonly grain?: string;
  readonly window?: Window;
  readonly where?: string;
  readonly having?: string;
  readonly order?: readonly string[];
  readonly limit?: number;
  readonly compare?: { readonly shift: string };
  readonly timezone?: string;
  readonly fill?: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default?: Value;
  readonly required?: boolean;
  readonly allowed?: readonly Value[];
}

export interface SqlQuery {
  readonly sql: string;
  readonly parameters?: readonly Parameter[];
  readonly timezone?: string;
  readonly limit?: number;
}

/** What a shared page knows of a query: `timed` when it shows `window`, or else the time range of the page. */
export interface PublicQuery {
  readonly timed?: boolean;
  readonly window?: Window;
}

export type Query = MetricQuery | SqlQuery | PublicQuery;

/** A saved query by its id, in place of a query that is written out. */
export interface SavedUse {
  readonly saved: string;
  readonly parameters?: Readonly<Record<string, Value | readonly Value[]>>;
}

export type WidgetQuery = Query | SavedUse;

/** A saved query by its id in a request, as of a version; without one as it is now. */
export interface SavedAsk extends SavedUse {
  readonly version?: number;
}

/**
 * What a click on a mark or a row does: either `filter` filters the page's field by the clicked value (of `column`, or of
 * the column called as the field), or `dashboard` leads to another one with `filters`, each from a column or fixed values.
 */
export interface Clicks {
  readonly filter?: string;
  readonly column?: string;
  readonly dashboard?: string;
  readonly filters?: Readonly<Record<string, string | readonly Value[]>>;
}

export const WIDGET_KINDS = [
  'kpi',
  'line',
  'area',
  'bar',
  'pie',
  'table',
  'gauge',
  'progress',
  'sparkline',
  'heatmap',
  'map',
  'scatter',
  'histogram',
  'funnel',
  'cohort',
  'treemap',
  'sankey',
  'text',
  'alerts',
  'status',
] as const;

export type WidgetKind = (typeof WIDGET_KINDS)[number];

/** A place on the 12-column grid; one row is 40 px plus the 16 px gap. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Breakpoint = 'lg' | 'md' | 'sm';

/** A query with a way to draw it. `options` belong to the kind; read them through `charts/options.ts`. */
export interface Widget {
  readonly id: string;
  readonly kind: WidgetKind;
  readonly title?: string;
  readonly subtitle?: string | null;
  readonly query?: WidgetQuery | null;
  readonly parts?: Readonly<Record<string, WidgetQuery>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly layouts?: Readonly<Partial<Record<Breakpoint, Place>>>;
  readonly clicks?: Clicks | null;
  /** Least pause between two runs of a query that is run again, such as `30s`. */
  readonly refresh?: string | null;
  /** Kept up to date with nobody looking, once published. */
  readonly warm?: boolean;
}

export interface Filter {
  readonly field: string;
  /** Not told on shared pages. */
  readonly stream?: string;
  readonly label?: string | null;
  /** A text field that says what the values are called. Not told on shared pages. */
  readonly label_field?: string | null;
  readonly kind?: 'select' | 'range';
  readonly multiple?: boolean;
  readonly default?: FilterValue | Value;
}

export interface Dashboard {
  readonly id: string;
  readonly title: string;
  readonly description?: string | null;
  readonly tags?: readonly string[];
  readonly timezone?: string | null;
  readonly window?: Window | null;
  readonly filters?: readonly Filter[];
  readonly widgets?: readonly Widget[];
  readonly version?: number;
  /** On a shared page: the time range cannot be changed. */
  readonly locked?: boolean;
}

/** How far one may go with a dashboard; each includes those before it. */
export type Level = 'view' | 'edit' | 'own';

/** One line of `GET /dashboards`. */
export interface DashboardSummary {
  readonly id: string;
  readonly title: string;
  readonly description?: string | null;
  readonly tags?: readonly string[];
  readonly widgets: number;
  readonly updated_at: number | string;
  readonly owner?: string;
  readonly visibility?: 'organisation' | 'private';
  readonly level?: Level;
  /** The version that viewers see; null before the first. */
  readonly published?: number | null;
  /** The draft has changes that are not published. */
  readonly draft?: boolean;
  readonly deleted_at?: number | null;
}
