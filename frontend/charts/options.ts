/** What each kind of widget can be told; the twin of src/nowboard/dashboards/options.py, which checks it. */
import type { Widget, WidgetKind } from '../core/documents';
import type { Better } from '../core/values';
import type { Tone } from './theme';

export type State = 'ok' | 'warn' | 'bad' | 'unknown';
export type AxisKind = 'category' | 'time' | 'number' | 'weekday' | 'hour' | 'month';

export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly tone?: Tone;
}

export interface Band {
  readonly to: number;
  readonly tone: Tone;
  readonly label?: string;
}

export interface Scale {
  readonly kind?: 'sequential' | 'diverging';
  readonly min?: number;
  readonly middle?: number;
  readonly max?: number;
  readonly better?: Better;
}

export interface KpiOptions {
  readonly value?: string;
  readonly target?: number;
  readonly target_label?: string;
  readonly compare?: string;
  readonly trend?: string;
  readonly better?: Better;
}

interface XYOptions {
  readonly x?: string;
  readonly y?: readonly string[];
  readonly series?: string;
  readonly compare?: string;
  readonly thresholds?: readonly Threshold[];
}

export interface LineOptions extends XYOptions {
  readonly smooth?: boolean;
  readonly points?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface AreaOptions extends XYOptions {
  readonly smooth?: boolean;
  readonly stack?: boolean;
  readonly percent?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface BarOptions extends XYOptions {
  readonly axis?: AxisKind;
  readonly horizontal?: boolean;
  readonly stack?: boolean;
  readonly percent?: boolean;
  readonly labels?: boolean;
}

export interface PieOptions {
  readonly label?: string;
  readonly value?: string;
  readonly donut?: boolean;
  readonly max_slices?: number;
}

export interface TableColumn {
  readonly name: string;
  readonly label?: string;
  readonly format?: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly bar?: boolean;
  readonly heat?: Scale;
}

export interface TableOptions {
  readonly columns?: readonly TableColumn[];
  readonly page_size?: number;
}

export interface GaugeOptions {
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly target?: number;
  readonly bands?: readonly Band[];
}

export interface ProgressOptions {
  readonly value?: string;
  readonly label?: string;
  readonly target?: number;
  readonly target_column?: string;
  readonly better?: Better;
  readonly bands?: readonly Band[];
}

export interface SparklineOptions {
  readonly x?: string;
  readonly y?: string;
  readonly fill?: boolean;
}

export interface HeatmapOptions {
  readonly x?: string;
  readonly y?: string;
  readonly value?: string;
  readonly x_axis?: AxisKind;
  readonly y_axis?: AxisKind;
  readonly scale?: Scale;
  readonly labels?: boolean;
}

export interface MapPoints {
  readonly lat: string;
  readonly lon: string;
  readonly label?: string;
  readonly size?: string;
  readonly color?: string;
}

export interface MapRoutes {
  readonly from_lat: string;
  readonly from_lon: string;
  readonly to_lat: string;
  readonly to_lon: string;
  readonly label?: string;
  readonly value?: string;
  readonly color?: string;
}

/** A filled region per row: `id` names it (a state or country, by name or code), `value` gives its colour. */
export interface MapAreas {
  readonly id: string;
  readonly value: string;
}

export interface MapOptions {
  readonly region?: 'us' | 'world';
  readonly points?: MapPoints;
  readonly routes?: MapRoutes;
  readonly areas?: MapAreas;
  readonly scale?: Scale;
}

export interface ScatterOptions {
  readonly x: string;
  readonly y: string;
  readonly size?: string;
  readonly color?: string;
  readonly label?: string;
  readonly thresholds?: readonly Threshold[];
}

export interface HistogramOptions {
  readonly bin: string;
  readonly value?: string;
  readonly width?: number;
  readonly unit?: string;
  readonly thresholds?: readonly Threshold[];
}

export interface FunnelOptions {
  readonly step?: string;
  readonly value?: string;
  readonly steps?: readonly string[];
}

export interface CohortOptions {
  readonly cohort: string;
  readonly period: string;
  readonly value: string;
  readonly scale?: Scale;
}

export interface TreemapOptions {
  readonly path: readonly string[];
  readonly value: string;
  readonly color?: string;
  readonly scale?: Scale;
}

export interface SankeyOptions {
  readonly source: string;
  readonly target: string;
  readonly value: string;
}

export interface TextOptions {
  readonly markdown: string;
}

export interface AlertsOptions {
  readonly limit?: number;
}

export interface StatusRule {
  readonly when: '>=' | '>' | '<=' | '<' | '==' | '!=';
  readonly value: number;
  readonly state: State;
  readonly word: string;
}

export interface StatusOptions {
  readonly value?: string;
  readonly label?: string;
  readonly rules?: readonly StatusRule[];
}

export interface OptionsByKind {
  readonly kpi: KpiOptions;
  readonly line: LineOptions;
  readonly area: AreaOptions;
  readonly bar: BarOptions;
  readonly pie: PieOptions;
  readonly table: TableOptions;
  readonly gauge: GaugeOptions;
  readonly progress: ProgressOptions;
  readonly sparkline: SparklineOptions;
  readonly heatmap: HeatmapOptions;
  readonly map: MapOptions;
  readonly scatter: ScatterOptions;
  readonly histogram: HistogramOptions;
  readonly funnel: FunnelOptions;
  readonly cohort: CohortOptions;
  readonly treemap: TreemapOptions;
  readonly sankey: SankeyOptions;
  readonly text: TextOptions;
  readonly alerts: AlertsOptions;
  readonly status: StatusOptions;
}

/** The options of a widget of a known kind; the server has checked the document. */
export function optionsOf<K extends WidgetKind>(_kind: K, widget: Widget): OptionsByKind[K] {
  return (widget.options ?? {}) as unknown as OptionsByKind[K];
}
