/** Shares of a whole: a donut with its total in the middle and its names beside it. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatNumber, formatValue, unitOf } from '../core/format';
import { compareCodePoints } from '../core/order';
import { baseOption, tooltipBase } from './base';
import { type ChartContext, type Frames, fontSizeOf, formatsOf, isShown } from './context';
import { isApproximate } from './frame';
import { selectedOf } from './legend';
import { fitText } from './measure';
import { optionsOf } from './options';
import { type Slice, type Slices, slicesOf } from './slices';
import { FONT, type Theme } from './theme';
import { tooltipHtml } from './tooltip';

/** By name, so that a slice keeps its colour when the ranks change. */
function sliceColors(slices: readonly Slice[], theme: Theme): ReadonlyMap<string, string> {
  const names = slices
    .filter(({ other }) => !other)
    .map(({ name }) => name)
    .sort(compareCodePoints);
  return new Map(names.map((name, index) => [name, theme.categorical[index] ?? theme.muted]));
}

function centre({ found, place, formats }: Drawing, context: ChartContext) {
  const { total, column } = found;
  const { x, y, radius } = place;
  const { theme } = context;
  const size = Math.min(28, Math.max(14, Math.round(radius * 0.32)));
  const unit = unitOf(column);
  const number = {
    text: formatNumber(formats, column, total, 'compact'),
    fontSize: size,
    fontWeight: 600 as const,
    fill: theme.text,
  };
  const style = { x: 0, fontFamily: FONT, align: 'center' as const, verticalAlign: 'middle' as const };
  const caption = fitText(unit === '' ? 'Total' : unit, radius, 12);
  return {
    type: 'group' as const,
    id: 'centre',
    x,
    y,
    silent: true,
    children: [
      { type: 'text' as const, id: 'total', y: -8, style: { ...style, ...number } },
      {
        type: 'text' as const,
        id: 'caption',
        y: size * 0.6,
        style: { ...style, text: caption, fontSize: 12, fill: theme.textQuiet },
      },
    ],
  };
}

/** The ring always closes, so what is hidden has no part in the total and the shares. */
function sharedAmong(found: Slices, context: ChartContext): Slices {
  const total = found.slices.reduce((sum, { name, value }) => sum + (isShown(context, name) ? value : 0), 0);
  if (total === 0 || total === found.total) return found;
  return { ...found, total, slices: found.slices.map((slice) => ({ ...slice, share: slice.value / total })) };
}

/** Pixels per name of the legend. */
const ROW = 20;

/** Where the ring stands: beside its names where there is room, above them on a narrow card. */
function placeOf(context: ChartContext, count: number) {
  const { width, height } = context;
  const wide = width >= height * 1.25;
  const rows = wide ? 0 : Math.min(count * ROW, Math.floor(height / 2 / ROW) * ROW);
  const radius = Math.max(24, Math.min(wide ? height / 2 : (height - rows) / 2, wide ? width * 0.24 : width / 2) - 6);
  return { wide, radius, rows, x: wide ? radius + 8 : width / 2, y: wide ? height / 2 : (height - rows) / 2 };
}

interface Drawing {
  readonly found: Slices;
  readonly byName: ReadonlyMap<string, Slice>;
  readonly formats: Formats;
  readonly place: ReturnType<typeof placeOf>;
  readonly estimated: boolean;
}

/** Braces and bars would be read as markup of the legend. */
const plainText = (text: string): string => text.replace(/[{}|]/g, ' ');

/** Names with their shares, which replaces labels around the ring: those collide. */
function legendOf({ found, byName, formats, place }: Drawing, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  const room = Math.max(40, place.wide ? context.width - place.radius * 2 - 94 : context.width - 90);
  const formatter = (name: string): string => {
    const share = isShown(context, name) ? formats.percent(byName.get(name)?.share ?? 0, 0) : '–';
    return `{name|${plainText(fitText(name, room, size))}}{share|${share}}`;
  };
  const rich = {
    name: { color: theme.text, fontSize: size, width: Math.min(room, 180) },
    share: { color: theme.textQuiet, fontSize: size, align: 'right', width: 36 },
  };
  const where = place.wide
    ? { left: place.radius * 2 + 28, top: 'middle', bottom: 0 }
    : { left: 'center', bottom: 0, height: place.rows };
  const marks = { itemWidth: 10, itemHeight: 10, itemGap: ROW - 14, icon: 'roundRect' };
  const data = found.slices.map(({ name }) => name);
  return {
    type: 'scroll',
    orient: 'vertical',
    ...where,
    ...marks,
    formatter,
    textStyle: { fontSize: size, rich },
    inactiveColor: theme.lineStrong,
    selected: selectedOf(data, context),
    data,
  };
}

function hoverOf({ found, byName, formats, estimated }: Drawing) {
  return ({ name, color }: { name: string; color: string }): string => {
    const slice = byName.get(name);
    const value = formatValue(formats, found.column, slice?.value ?? null, 'exact');
    const lines = [{ color, name, value, note: formats.percent(slice?.share ?? 0) }];
    return tooltipHtml({ head: '', lines, ...(estimated ? { foot: 'Estimated' } : {}) });
  };
}

function seriesOf({ found, place }: Drawing, donut: boolean, theme: Theme) {
  const colors = sliceColors(found.slices, theme);
  return {
    type: 'pie' as const,
    id: 'pie',
    center: [place.x, place.y],
    radius: donut ? [place.radius * 0.62, place.radius] : [0, place.radius],
    label: { show: false },
    padAngle: found.slices.length > 1 ? 1 : 0,
    itemStyle: { borderRadius: 3 },
    emphasis: { scaleSize: 4 },
    data: found.slices.map(({ name, value }) => ({
      name,
      value,
      itemStyle: { color: colors.get(name) ?? theme.muted },
    })),
  };
}

/** The option of a pie chart; null when there is nothing to share. */
export function pieOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const whole = result ? slicesOf(widget, result) : null;
  if (!result || !whole || whole.slices.length === 0) return null;
  const found = sharedAmong(whole, context);
  const drawing: Drawing = {
    found,
    byName: new Map(found.slices.map((slice) => [slice.name, slice])),
    formats: formatsOf(context, result),
    place: placeOf(context, found.slices.length),
    estimated: isApproximate(result, found.column),
  };
  const donut = optionsOf('pie', widget).donut !== false;
  return {
    ...baseOption(context),
    legend: legendOf(drawing, context),
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hoverOf(drawing) },
    ...(donut ? { graphic: [centre(drawing, context)] } : {}),
    series: [seriesOf(drawing, donut, context.theme)],
  } as EChartsOption;
}
