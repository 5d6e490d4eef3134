/** Text measuring for a place without a canvas: `echarts.setPlatformAPI({ measureText })` before drawing there. */
import { textWidth } from './measure';

/** ECharts passes a CSS font such as `600 28px Inter`; bold text is a little wider. */
export function measureText(text: string, font = '12px'): { readonly width: number } {
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
  const bold = /\b(?:[6-9]00|bold)\b/.test(font);
  return { width: textWidth(text, size) * (bold ? 1.06 : 1) };
}
