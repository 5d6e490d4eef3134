/** Nested rectangles by area; a parent is named above its children. */
import type { EChartsOption } from 'echarts';
import type { Widget } from '../core/documents';
import { formatValue } from '../core/format';
import { compareCodePoints } from '../core/order';
import type { Result, Row } from '../core/values';
import { baseOption, tooltipBase } from './base';
import { colorScale, textOn } from './color';
import { type ChartContext, type Frames, fontSizeOf, formatsOf } from './context';
import { numberAt, numbersOf, type Picked, pick, titleOf, valueAt } from './frame';
import { optionsOf, type TreemapOptions } from './options';
import type { Theme } from './theme';
import { tooltipHtml } from './tooltip';

export interface TreeNode {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly children: readonly TreeNode[];
  /** Of a leaf, for its colour. */
  readonly row: Row | null;
}

/** Rows as a tree by the columns of `path`; areas that are not positive are left out. */
export function treeOf(rows: readonly Row[], path: readonly Picked[], value: Picked, prefix = ''): readonly TreeNode[] {
  const [head, ...rest] = path;
  if (!head) return [];
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(valueAt(row, head) ?? 'None');
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const nodes = [...groups].map(([name, group]): TreeNode => {
    const id = `${prefix}/${name}`;
    const children = treeOf(group, rest, value, id);
    const own = group.reduce((sum, row) => sum + Math.max(0, numberAt(row, value) ?? 0), 0);
    return { id, name, value: own, children, row: rest.length === 0 ? (group[0] ?? null) : null };
  });
  return nodes.filter((node) => node.value > 0).sort((a, b) => b.value - a.value);
}

interface Item {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly itemStyle: { readonly color: string };
  readonly label: object;
  readonly children?: readonly Item[];
}

/** Colours by the column `color` where there is one, else by the outermost name. */
function painter(result: Result, options: TreemapOptions, tree: readonly TreeNode[], theme: Theme) {
  const color = pick(result, options.color);
  const scale = color ? colorScale(theme, options.scale ?? {}, numbersOf(result, color)) : null;
  const names = tree.map(({ name }) => name).sort(compareCodePoints);
  return (node: TreeNode, root: string): string => {
    const number = node.row ? numberAt(node.row, color) : null;
    if (scale && number !== null) return scale.color(number);
    return theme.categorical[names.indexOf(root)] ?? theme.muted;
  };
}

function itemOf(node: TreeNode, root: string, paint: (node: TreeNode, root: string) => string, size: number): Item {
  const fill = paint(node, root);
  const children = node.children.map((child) => itemOf(child, root, paint, size));
  const label = { color: textOn(fill), fontSize: size };
  const own = { id: node.id, name: node.name, value: node.value, itemStyle: { color: fill }, label };
  return children.length > 0 ? { ...own, children } : own;
}

/** What ECharts says of a rectangle. */
interface Named {
  readonly name: string;
  readonly value: number;
  readonly color: string;
}

/** The words on a rectangle: in two lines on a leaf, in one above the children of a parent. */
interface Words {
  readonly leaf: (of: Named) => string;
  readonly parent: (of: Named) => string;
}

/** Square pixels below which a parent is drawn as one rectangle: its children could not be told apart. */
const LEAST_PARENT = 2_000;

function seriesOf(data: readonly Item[], nested: boolean, words: Words, context: ChartContext) {
  const { theme } = context;
  const size = fontSizeOf(context);
  const whole = { left: 0, right: 0, top: 0, bottom: 0 };
  const still = { roam: false, nodeClick: false, breadcrumb: { show: false } };
  return {
    type: 'treemap',
    id: 'tree',
    ...whole,
    ...still,
    childrenVisibleMin: LEAST_PARENT,
    label: {
      show: true,
      overflow: 'truncate',
      formatter: words.leaf,
      fontSize: size,
      lineHeight: Math.round(size * 1.4),
    },
    upperLabel: {
      show: nested,
      height: Math.round(size * 1.8),
      formatter: words.parent,
      color: theme.textQuiet,
      fontSize: size,
      overflow: 'truncate',
    },
    itemStyle: { borderColor: theme.surface, borderWidth: 1, gapWidth: 1, borderRadius: 2 },
    levels: [
      { itemStyle: { gapWidth: 2, borderWidth: 0 }, upperLabel: { show: false } },
      { itemStyle: { gapWidth: 1, borderColor: theme.surface } },
    ],
    data,
  };
}

/** The option of a treemap; null without its columns. */
export function treemapOption(widget: Widget, frames: Frames, context: ChartContext): EChartsOption | null {
  const result = frames.main;
  const options = optionsOf('treemap', widget);
  const value = result ? pick(result, options.value) : null;
  if (!result || !value) return null;
  const formats = formatsOf(context, result);
  const path = options.path.flatMap((name) => pick(result, name) ?? []);
  const tree = treeOf(result.rows, path, value);
  const paint = painter(result, options, tree, context.theme);
  const data = tree.map((node) => itemOf(node, node.name, paint, fontSizeOf(context)));
  const area = (number: number): string => formatValue(formats, value.column, number, 'compact');
  const words: Words = {
    leaf: (of) => `${of.name}\n${area(of.value)}`,
    parent: (of) => `${of.name}  ${area(of.value)}`,
  };
  const hover = ({ name, value: number, color }: Named): string => {
    const text = formatValue(formats, value.column, number, 'exact');
    return tooltipHtml({ head: '', lines: [{ color, name, value: text, note: titleOf(value.column) }] });
  };
  return {
    ...baseOption(context),
    tooltip: { ...tooltipBase(context), trigger: 'item', formatter: hover },
    series: [seriesOf(data, path.length > 1, words, context)],
  } as unknown as EChartsOption;
}
