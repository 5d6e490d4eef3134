/** A lamp with a word per row; the word is what people read, the colour only helps. */
import type { Widget } from '../../core/documents';
import { formatValue } from '../../core/format';
import { type ChartContext, type Frames, formatsOf } from '../context';
import { freeDimension, measure, numberAt, valueAt } from '../frame';
import { optionsOf, type State, type StatusRule } from '../options';

export interface StatusLamp {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly state: State;
  readonly word: string;
}

const HOLDS: Readonly<Record<StatusRule['when'], (value: number, limit: number) => boolean>> = {
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
  '<=': (value, limit) => value <= limit,
  '<': (value, limit) => value < limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

/** The first rule that holds; none means unknown, and so does a missing value. */
export function judge(value: number | null, rules: readonly StatusRule[]): Pick<StatusLamp, 'state' | 'word'> {
  const rule = value === null ? undefined : rules.find(({ when, value: limit }) => HOLDS[when](value, limit));
  return rule ? { state: rule.state, word: rule.word } : { state: 'unknown', word: 'Unknown' };
}

/** The lamps of a status widget; null before the first result. */
export function statusModel(widget: Widget, frames: Frames, context: ChartContext): readonly StatusLamp[] | null {
  const result = frames.main;
  const options = optionsOf('status', widget);
  const value = result ? measure(result, options.value) : null;
  if (!result || !value) return null;
  const formats = formatsOf(context, result);
  const label = freeDimension(result, [value], options.label);
  return result.rows.map((row, index) => {
    const name = label ? String(valueAt(row, label) ?? 'None') : (widget.title ?? '');
    const text = formatValue(formats, value.column, valueAt(row, value), 'compact');
    return {
      key: label ? name : String(index),
      label: name,
      value: text,
      ...judge(numberAt(row, value), options.rules ?? []),
    };
  });
}
