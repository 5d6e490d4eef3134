/** Names of series: beside their ends up to four, above the chart beyond that. */
import { type ChartContext, fontSizeOf, isShown } from './context';
import { fitText, textWidth, widest } from './measure';
import type { Series } from './series';

/** Direct labels up to this many series. */
const DIRECT_MOST = 4;
/** Direct labels may take this share of the width. */
const DIRECT_SHARE = 0.3;
const ROW_HEIGHT = 22;
const ITEM_GAP = 14;
const MARK = 10;
const NAME_MOST = 160;
/** A legend may take this many rows before it is paged. */
const ROWS_MOST = 2;

export interface Naming {
  readonly kind: 'none' | 'direct' | 'legend';
  /** Pixels that direct labels take at the right. */
  readonly room: number;
  /** Pixels that a legend takes at the top. */
  readonly top: number;
}

/** Rows that the names take side by side. */
function rowsOf(names: readonly string[], context: ChartContext): number {
  const size = fontSizeOf(context);
  let [rows, used] = [1, 0];
  for (const name of names) {
    const width = MARK + 5 + Math.min(NAME_MOST, textWidth(name, size));
    if (used > 0 && used + width > context.width) [rows, used] = [rows + 1, 0];
    used += width + ITEM_GAP;
  }
  return rows;
}

/** Pixels of a legend with these names. */
export function legendHeight(names: readonly string[], context: ChartContext): number {
  const rows = rowsOf(names, context);
  return (rows > ROWS_MOST ? 1 : rows) * ROW_HEIGHT + 6;
}

/** How the series are to be named. A single series needs no name: the title has it. */
export function namingOf(series: readonly Series[], context: ChartContext, direct: boolean): Naming {
  if (series.length < 2) return { kind: 'none', room: 0, top: 0 };
  const room =
    widest(
      series.map(({ name }) => name),
      fontSizeOf(context),
    ) + 10;
  const fits = room <= context.width * DIRECT_SHARE || room <= 72;
  if (direct && series.length <= DIRECT_MOST && fits && context.width >= 280) return { kind: 'direct', room, top: 0 };
  return {
    kind: 'legend',
    room: 0,
    top: legendHeight(
      series.map(({ name }) => name),
      context,
    ),
  };
}

/** What a legend shows as taken out. Said with every picture, for a legend is made anew with each. */
export const selectedOf = (names: readonly string[], context: ChartContext): Record<string, boolean> =>
  Object.fromEntries(names.map((name) => [name, isShown(context, name)]));

/** The series that are drawn; all of them rather than none, so that the axes stay. */
export function shownOf(series: readonly Series[], context: ChartContext): readonly Series[] {
  const shown = series.filter(({ name }) => isShown(context, name));
  return shown.length > 0 ? shown : series;
}

/** A legend above the chart, in the order of the values. */
export function legendOption(series: readonly Series[], colors: ReadonlyMap<string, string>, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  return {
    type:
      rowsOf(
        series.map(({ name }) => name),
        context,
      ) > ROWS_MOST
        ? ('scroll' as const)
        : ('plain' as const),
    top: 0,
    left: 0,
    right: 0,
    itemWidth: MARK,
    itemHeight: MARK,
    itemGap: ITEM_GAP,
    icon: 'roundRect',
    padding: [2, 0],
    data: series.map(({ id, name }) => ({ name, itemStyle: { color: colors.get(id) ?? theme.muted } })),
    selected: selectedOf(
      series.map(({ name }) => name),
      context,
    ),
    inactiveColor: theme.lineStrong,
    formatter: (name: string) => fitText(name, NAME_MOST, size),
    textStyle: { color: theme.textQuiet, fontSize: size },
    pageTextStyle: { color: theme.textQuiet, fontSize: size },
    pageIconColor: theme.textQuiet,
    pageIconInactiveColor: theme.lineStrong,
    pageIconSize: 10,
  };
}
