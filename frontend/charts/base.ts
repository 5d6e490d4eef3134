/** What every chart starts from: type, motion, tooltip, and axes that know how wide their labels are. */
import type { EChartsOption, TooltipComponentOption } from 'echarts';
import type { Look, Style } from '../core/format';
import { type Formats, formatNumber, unitOf } from '../core/format';
import { type ChartContext, fontSizeOf } from './context';
import { widest } from './measure';
import { type ScaleWish, type ValueScale, valueScale } from './scale';
import { FONT } from './theme';

/** Smooth, and over before the next update of a busy stream. */
const MOTION_MS = 300;

export function baseOption(context: ChartContext): EChartsOption {
  const { theme, reducedMotion } = context;
  return {
    animation: !reducedMotion,
    animationDuration: MOTION_MS,
    animationDurationUpdate: MOTION_MS,
    animationEasing: 'cubicOut',
    animationEasingUpdate: 'cubicOut',
    backgroundColor: 'transparent',
    color: [...theme.categorical],
    textStyle: { fontFamily: FONT, fontSize: fontSizeOf(context), color: theme.text },
  };
}

export function tooltipBase(context: ChartContext): TooltipComponentOption {
  const { theme, reducedMotion } = context;
  return {
    confine: true,
    backgroundColor: theme.raised,
    borderColor: theme.lineStrong,
    borderWidth: 1,
    padding: [8, 12],
    transitionDuration: reducedMotion ? 0 : 0.1,
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: 12 },
    className: 'nb-chart-tooltip',
  };
}

/** Pixels between an axis and its labels. */
export const LABEL_GAP = 8;
/** The same below the plot, where the lowest label of the other axis is near. */
export const BELOW_GAP = 10;

export interface ValueAxis {
  readonly scale: ValueScale;
  readonly format: (value: number) => string;
  /** Named once, at the end of the axis; empty when the numbers carry their unit. */
  readonly unit: string;
  /** Width of the widest label. */
  readonly width: number;
}

const axisStyle: Style = 'compact';

/** A value axis for `values` that look like `look`, on `pixels` of length. */
export function valueAxisFor(
  context: ChartContext,
  formats: Formats,
  look: Look,
  values: readonly number[],
  wish: Omit<ScaleWish, 'steps' | 'seconds'> & { readonly pixels: number },
): ValueAxis {
  const steps = Math.min(6, Math.max(2, Math.round(wish.pixels / 56)));
  const scale = valueScale(values, { ...wish, steps, seconds: look.format === 'duration' });
  const plain: Look = { ...look, decimals: null };
  const format = (value: number): string => formatNumber(formats, plain, value, axisStyle);
  return { scale, format, unit: unitOf(look), width: widest(scale.ticks.map(format), fontSizeOf(context)) };
}

export function valueAxisOption({ scale, format, unit, width }: ValueAxis, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  return {
    type: 'value' as const,
    min: scale.min,
    max: scale.max,
    interval: scale.interval,
    axisLine: { show: false },
    // The grid stands on these too: ours stay round when an end of the axis is fixed to a crooked number.
    axisTick: { show: false, customValues: [...scale.ticks] },
    axisLabel: {
      color: theme.textQuiet,
      fontSize: size,
      margin: LABEL_GAP,
      formatter: format,
      customValues: [...scale.ticks],
    },
    splitLine: { lineStyle: { color: theme.line } },
    name: unit,
    nameTextStyle: {
      color: theme.textQuiet,
      fontSize: size,
      align: 'left' as const,
      padding: [0, 0, 0, -(width + LABEL_GAP)],
    },
    nameGap: size - 2,
  };
}

export function plainAxis(context: ChartContext) {
  const { theme } = context;
  return {
    axisLine: { show: true, lineStyle: { color: theme.lineStrong } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: theme.textQuiet, fontSize: fontSizeOf(context), margin: BELOW_GAP },
  };
}

/** Pixels of the row with the unit of an upright axis. */
export const unitRow = (context: ChartContext): number => Math.round(fontSizeOf(context) * 1.5);

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Margins as ECharts takes them; we measured the labels ourselves. */
export function gridOption(margins: Margins) {
  return { ...margins, outerBoundsMode: 'none' as const };
}
