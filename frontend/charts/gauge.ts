/** One number on a dial, with bands that are named and a mark for the target. */
import type { EChartsOption, GaugeSeriesOption } from 'echarts';
import type { Widget } from '../core/documents';
import { type Formats, formatNumber, formatValue, MISSING, unitOf } from '../core/format';
import type { Result } from '../core/values';
import { baseOption, tooltipBase } from './base';
import { fade } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { measure, numberAt, type Picked } from './frame';
import { type Band, type GaugeOptions, optionsOf } from './options';
import { FONT, toneFill } from './theme';
import { tooltipHtml } from './tooltip';

/** The band that a value falls into; the last one ends at the top of the dial. */
export function bandOf(value: number | null, bands: readonly Band[]): Band | null {
  if (value === null) return null;
  return bands.find(({ to }) => value < to) ?? bands.at(-1) ?? null;
}

interface Dial {
  readonly formats: Formats;
  readonly picked: Picked;
  readonly value: number | null;
  readonly target: number | null;
  readonly band: Band | null;
  readonly min: number;
  readonly max: number;
  readonly bands: readonly Band[];
  readonly color: string;
  readonly center: [number, number];
  readonly radius: number;
  readonly thickness: number;
}

/** A small dial has its ends too close to its words to name them. */
const hasEnds = ({ height }: ChartContext): boolean => height >= 140;

function dialOf(result: Result, picked: Picked, options: GaugeOptions, context: ChartContext): Dial {
  const { theme, width, height } = context;
  const { min = 0, max = 100, bands = [] } = options;
  const value = numberAt(result.rows[0] ?? [], picked);
  const band = bandOf(value, bands);
  // A foot hangs 0.42 of the radius below the centre, the names of the ends hang below the feet.
  const below = hasEnds(context) ? fontSizeOf(context) + 14 : 8;
  const radius = Math.max(32, Math.min(width / 2 - 12, (height - below) / 1.51));
  return {
    formats: formatsOf(context, result),
    picked,
    value,
    band,
    min,
    max,
    bands,
    target: options.target ?? picked.column.goal ?? null,
    color: band ? toneFill(theme, band.tone) : theme.accent,
    center: [width / 2, radius + 4],
    radius,
    thickness: Math.max(8, radius * 0.125),
  };
}

/** Shares of the dial with their colours, for the ring behind the value. */
function ring({ bands, min, max }: Dial, context: ChartContext): [number, string][] {
  const { theme } = context;
  if (bands.length === 0) return [[1, theme.line]];
  return bands.map(({ to, tone }, index) => {
    const end = index === bands.length - 1 ? 1 : Math.min(1, Math.max(0, (to - min) / (max - min || 1)));
    return [end, fade(toneFill(theme, tone), 0.28)];
  });
}

const text = ({ formats, picked }: Dial, value: number): string =>
  formatNumber(formats, picked.column, value, 'compact');

function shared({ center, radius, min, max }: Dial): GaugeSeriesOption {
  return {
    type: 'gauge',
    startAngle: 205,
    endAngle: -25,
    center,
    radius,
    min,
    max,
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { show: false },
    pointer: { show: false },
    detail: { show: false },
    title: { show: false },
  };
}

function ringSeries(dial: Dial, context: ChartContext): GaugeSeriesOption {
  const lineStyle = { width: dial.thickness, color: ring(dial, context) };
  return { ...shared(dial), id: 'ring', silent: true, axisLine: { lineStyle }, data: [] };
}

function valueSeries(dial: Dial, context: ChartContext): GaugeSeriesOption {
  const { theme } = context;
  const { value, thickness, min, max, radius } = dial;
  const size = Math.min(40, Math.max(18, Math.round(radius * 0.34)));
  const suffix = unitOf(dial.picked.column);
  // The sign sticks to its number; words stand small beside it.
  const [sign, unit] = suffix === '%' ? ['%', ''] : ['', suffix];
  const number = { fontSize: size, fontWeight: 600, color: theme.text } as const;
  const small = { fontSize: Math.max(12, Math.round(size * 0.45)), color: theme.textQuiet, padding: [0, 0, 0, 3] };
  const words = [dial.band?.label, dial.target === null ? undefined : `Target ${text(dial, dial.target)}`];
  return {
    ...shared(dial),
    id: 'value',
    axisLine: { show: false, lineStyle: { width: thickness, color: [[1, 'transparent']] } },
    progress: { show: true, width: thickness, itemStyle: { color: dial.color } },
    detail: {
      show: true,
      valueAnimation: false,
      offsetCenter: [0, -size * 0.1],
      formatter: () => `{value|${value === null ? MISSING : text(dial, value) + sign}}${unit ? `{unit|${unit}}` : ''}`,
      rich: { value: number, unit: small },
    },
    title: { show: true, offsetCenter: [0, size * 0.85], color: theme.textQuiet, fontSize: fontSizeOf(context) },
    data: [
      {
        value: Math.min(max, Math.max(min, value ?? min)),
        name: words.filter((word) => word !== undefined).join(' · '),
      },
    ],
  };
}

function targetSeries(dial: Dial, context: ChartContext): readonly GaugeSeriesOption[] {
  const { target, min, max, thickness, radius } = dial;
  if (target === null) return [];
  const length = thickness + 6;
  return [
    {
      ...shared(dial),
      id: 'target',
      silent: true,
      axisLine: { show: false },
      pointer: {
        show: true,
        icon: 'rect',
        width: 3,
        length,
        offsetCenter: [0, -(radius - length + 3)],
        itemStyle: { color: context.theme.text },
      },
      data: [{ value: Math.min(max, Math.max(min, target)) }],
    },
  ];
}

/** The ends of the dial, named below its feet. */
function ends(dial: Dial, context: ChartContext) {
  const { center, radius, thickness, min, max } = dial;
  const foot = (205 * Math.PI) / 180;
  const reach = radius - thickness / 2;
  const style = {
    fill: context.theme.textQuiet,
    fontFamily: FONT,
    fontSize: fontSizeOf(context),
    align: 'center' as const,
    verticalAlign: 'top' as const,
  };
  return [min, max].map((value, index) => ({
    type: 'text' as const,
    id: `end-${index}`,
    silent: true,
    x: center[0] + Math.cos(foot) * reach * (index === 0 ? 1 : -1),
    y: center[1] - Math.sin(foot) * reach + thickness * 0.6 + 3,
    style: { ...style, text: text(dial, value) },
  }));
}

/** The option of a gauge; null when there is no result. */
export function gaugeOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const options = optionsOf('gauge', widget);
  const picked = result ? measure(result, options.value) : null;
  if (!result || !picked) return null;
  const dial = dialOf(result, picked, options, context);
  const value = formatValue(dial.formats, picked.column, dial.value, 'exact');
  const hover = (): string =>
    tooltipHtml({ head: '', lines: [{ color: dial.color, name: widget.title ?? '', value }] });
  return {
    ...baseOption(context),
    graphic: hasEnds(context) ? ends(dial, context) : [],
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hover },
    series: [ringSeries(dial, context), valueSeries(dial, context), ...targetSeries(dial, context)],
  } as EChartsOption;
}
