/** The public surface of the charts: pure functions without a document. */
export { contrast } from './color';
export { type ChartContext, type Frames, NO_FRAMES } from './context';
export { type DataColumn, type DataTable, dataTable } from './datatable';
export { type Emptiness, emptiness } from './emptiness';
export { mapNeeded, registerMapOutline } from './maps';
export { type ClickedMark, rowOfMark } from './mark-row';
export { type Change, type KpiModel, kpiModel, type Target, type Verdict } from './model/kpi';
export { type ProgressBar, progressModel } from './model/progress';
export { type StatusLamp, statusModel } from './model/status';
export { type TableCell, type TableHead, type TableModel, type TableRow, tableModel } from './model/table';
export { chartOption, isDrawn } from './option';
export * from './options';
export { measureText } from './platform';
export type { Region } from './projection';
export { summarize } from './summary';
export { FONT, type Theme, type ThemeName, type Tone, themeFor, tokens, toneColor } from './theme';
