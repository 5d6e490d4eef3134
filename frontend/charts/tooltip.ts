/** Tooltips: a head that names the bucket and zone, then lines whose numbers stand under each other. */

export interface TooltipLine {
  readonly color: string | null;
  readonly name: string;
  readonly value: string;
  /** Quiet words after the value: a share, the comparison. */
  readonly note?: string;
}

export interface TooltipText {
  readonly head: string;
  readonly lines: readonly TooltipLine[];
  /** Said once at the foot: `so far`, `estimated`. */
  readonly foot?: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

// A drawn dot, because a strict content policy forbids style attributes in markup.
const dot = (color: string | null): string =>
  color === null
    ? ''
    : `<svg class="nb-tip-dot" width="8" height="8" aria-hidden="true"><circle cx="4" cy="4" r="4" fill="${escapeHtml(color)}"/></svg>`;

function lineHtml({ color, name, value, note }: TooltipLine): string {
  const quiet = note ? `<td class="nb-tip-note">${escapeHtml(note)}</td>` : '';
  return `<tr><th scope="row">${dot(color)}${escapeHtml(name)}</th><td class="nb-tip-value">${escapeHtml(value)}</td>${quiet}</tr>`;
}

/** Lines beyond this many are counted, not listed: a tooltip is not a table. */
const MOST = 12;

/** Markup for ECharts' tooltip, with every text escaped. Classes are styled by the page. */
export function tooltipHtml({ head, lines, foot }: TooltipText): string {
  const shown = lines.slice(0, MOST).map(lineHtml).join('');
  const more = lines.length > MOST ? [`${lines.length - MOST} more`] : [];
  const notes = [...more, ...(foot ? [foot] : [])].map(escapeHtml).join(' · ');
  const title = head === '' ? '' : `<div class="nb-tip-head">${escapeHtml(head)}</div>`;
  return `<div class="nb-tip">${title}<table>${shown}</table>${notes === '' ? '' : `<div class="nb-tip-foot">${notes}</div>`}</div>`;
}
