/** Design tokens: one neutral scale, one accent, and colours that carry data. Contrast is checked by theme.test.ts. */

export type ThemeName = 'light' | 'dark';

export interface Diverging {
  readonly low: string;
  readonly middle: string;
  readonly high: string;
}

export interface Theme {
  readonly name: ThemeName;
  readonly page: string;
  /** The ground of a card, on which everything is drawn. */
  readonly surface: string;
  readonly raised: string;
  /** Grid lines and empty tracks. */
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly textQuiet: string;
  readonly textFaint: string;
  readonly accent: string;
  readonly good: string;
  readonly warn: string;
  /** `warn` for large marks, which need not be as dark as words. */
  readonly warnFill: string;
  readonly bad: string;
  /** Marks without a category of their own: the comparison, "Other", series after the eighth. */
  readonly muted: string;
  /** Eight colours that stay apart for colour-blind readers. */
  readonly categorical: readonly string[];
  /** From least to most, for heat. */
  readonly sequential: readonly string[];
  /** Around a meaningful middle, without a verdict. */
  readonly diverging: Diverging;
  /** Around a meaningful middle, from bad to good: vermilion and teal, which stay apart where red and green do not. */
  readonly verdict: Diverging;
  /** Land and borders of maps. */
  readonly land: string;
  readonly border: string;
}

/** Single quotes: the SVG renderer writes this into an attribute with double ones. */
export const FONT = "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

const LIGHT: Theme = {
  name: 'light',
  page: '#f6f7f9',
  surface: '#ffffff',
  raised: '#ffffff',
  line: '#e4e6eb',
  lineStrong: '#d0d4dc',
  text: '#16191f',
  textQuiet: '#596170',
  textFaint: '#677080',
  accent: '#4553d6',
  good: '#12795a',
  warn: '#95590b',
  warnFill: '#c27a10',
  bad: '#bd2b3f',
  muted: '#8b93a1',
  categorical: ['#3e62c3', '#d57e28', '#139da1', '#fc4988', '#836d00', '#5e1f94', '#2d4605', '#8c464c'],
  sequential: ['#e9eefb', '#c3d1f4', '#93ade8', '#6386d8', '#3e62c3', '#2a4694', '#1a2d66'],
  diverging: { low: '#2f5ec4', middle: '#eef0f4', high: '#b85f0c' },
  verdict: { low: '#c2451e', middle: '#eef0f4', high: '#0b7a75' },
  land: '#eceef2',
  border: '#ffffff',
};

const DARK: Theme = {
  name: 'dark',
  page: '#121418',
  surface: '#1a1d23',
  raised: '#21252c',
  line: '#2a2e37',
  lineStrong: '#3b414d',
  text: '#e9ebef',
  textQuiet: '#a3abb9',
  textFaint: '#8b94a3',
  accent: '#98a2ff',
  good: '#4cc79a',
  warn: '#e3ac5a',
  warnFill: '#e3ac5a',
  bad: '#ff8a94',
  muted: '#757e8d',
  categorical: ['#679df7', '#efa374', '#7fdbdb', '#e16aa0', '#eed86d', '#8855c3', '#569b2b', '#9e5254'],
  sequential: ['#232b40', '#2c3d66', '#37539a', '#4a70c8', '#679df7', '#9bbffb', '#d3e2ff'],
  diverging: { low: '#679df7', middle: '#2b303a', high: '#f0a05a' },
  verdict: { low: '#f2845f', middle: '#2b303a', high: '#4fc7bd' },
  land: '#2a2f39',
  border: '#1a1d23',
};

export function themeFor(name: ThemeName): Theme {
  return name === 'dark' ? DARK : LIGHT;
}

/** The same colours as CSS custom properties. */
export function tokens(theme: Theme): Readonly<Record<string, string>> {
  const named = {
    page: theme.page,
    surface: theme.surface,
    raised: theme.raised,
    line: theme.line,
    'line-strong': theme.lineStrong,
    text: theme.text,
    'text-quiet': theme.textQuiet,
    'text-faint': theme.textFaint,
    accent: theme.accent,
    good: theme.good,
    warn: theme.warn,
    bad: theme.bad,
    muted: theme.muted,
  };
  const categories = theme.categorical.map((color, index) => [`--nb-category-${index + 1}`, color] as const);
  return Object.fromEntries([
    ...Object.entries(named).map(([name, color]) => [`--nb-${name}`, color] as const),
    ...categories,
  ]);
}

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

/** The colour of a tone on a large mark. */
export const toneFill = (theme: Theme, tone: Tone): string =>
  tone === 'warn' ? theme.warnFill : toneColor(theme, tone);

export function toneColor(theme: Theme, tone: Tone): string {
  return tone === 'neutral' ? theme.textQuiet : theme[tone];
}
