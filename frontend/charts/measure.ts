/** How wide text will be, without a document to measure it in. Errs on the wide side by a few percent. */

/** Widths of Inter in ems by kind of character, from its metrics. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijl.,:;'|!\u202f ]/, 0.29],
  [/[frtI()[\]\-–/]/, 0.4],
  [/[mwMW%@]/, 0.9],
  [/[A-Z]/, 0.7],
  [/[0-9]/, 0.63],
  [/[\u2e80-\uffff]/, 1],
];
const OTHER = 0.58;

const known = new Map<string, number>();
/** Distinct characters on a page; the cap only guards against nonsense. */
const KEEP = 4_096;

function charWidth(character: string): number {
  const cached = known.get(character);
  if (cached !== undefined) return cached;
  const width = WIDTHS.find(([pattern]) => pattern.test(character))?.[1] ?? OTHER;
  if (known.size >= KEEP) known.clear();
  known.set(character, width);
  return width;
}

/** Pixels of one line of `text` at `size` pixels. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += charWidth(character);
  return Math.ceil(ems * size);
}

export const widest = (texts: readonly string[], size: number): number =>
  texts.reduce((most, text) => Math.max(most, textWidth(text, size)), 0);

/** `text` cut to `pixels` with an ellipsis; as it is when it fits. */
export function fitText(text: string, pixels: number, size: number): string {
  if (textWidth(text, size) <= pixels) return text;
  let room = pixels - textWidth('…', size);
  let kept = '';
  for (const character of text) {
    room -= charWidth(character) * size;
    if (room < 0) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
