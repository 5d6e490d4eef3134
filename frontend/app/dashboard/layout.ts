/** Where widgets stand: their places per breakpoint, and an order for those that have none. */
import type { Breakpoint, Place, Widget, WidgetKind } from '../../core/types';

export const COLUMNS = 12;
export const ROW = 40;
export const GAP = 16;

/** Kinds that stay readable at half a phone's width. */
const SMALL: ReadonlySet<WidgetKind> = new Set(['kpi', 'gauge', 'sparkline']);
const DEFAULT_PLACE: Place = { x: 0, y: 0, w: 6, h: 6 };
/** Head and 220 px of chart. */
const PHONE_HEIGHT = 5;
const PHONE_SMALL_HEIGHT = 3;
const PHONE_TREND_HEIGHT = 4;
const PHONE_GAUGE_HEIGHT = 4;

export type Places = ReadonlyMap<string, Place>;

const overlaps = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Widgets as one reads them: from the top, then from the left. Those without a place come last. */
export function readingOrder(widgets: readonly Widget[]): readonly Widget[] {
  const rank = (widget: Widget): readonly [number, number] => {
    const place = widget.layouts?.lg;
    return place ? [place.y, place.x] : [Number.POSITIVE_INFINITY, 0];
  };
  return [...widgets].sort((a, b) => {
    const [ay, ax] = rank(a);
    const [by, bx] = rank(b);
    return ay === by ? ax - bx : ay - by;
  });
}

/** Four KPIs stay abreast; other cards get half the page or all of it. */
const mediumWidth = (kind: WidgetKind, w: number): number => {
  if (SMALL.has(kind) && w <= 4) return w <= 3 ? 3 : 4;
  return w <= 7 ? 6 : COLUMNS;
};

const size = (widget: Widget, breakpoint: Breakpoint): { w: number; h: number } => {
  const { w, h } = widget.layouts?.lg ?? DEFAULT_PLACE;
  if (breakpoint === 'lg') return { w, h };
  if (breakpoint === 'md') return { w: mediumWidth(widget.kind, w), h };
  if (widget.kind === 'gauge') return { w: 6, h: PHONE_GAUGE_HEIGHT };
  if (SMALL.has(widget.kind)) return { w: 6, h: widget.parts?.['trend'] ? PHONE_TREND_HEIGHT : PHONE_SMALL_HEIGHT };
  return {
    w: COLUMNS,
    h: widget.kind === 'table' ? Math.max(h, PHONE_HEIGHT + 2) : Math.max(PHONE_HEIGHT, Math.min(h, 8)),
  };
};

interface Shelf {
  readonly items: { id: string; w: number; h: number }[];
  used: number;
}

const shelve = (widgets: readonly Widget[], breakpoint: Breakpoint): readonly Shelf[] => {
  const shelves: Shelf[] = [];
  for (const widget of readingOrder(widgets)) {
    const wanted = size(widget, breakpoint);
    let shelf = shelves.at(-1);
    if (shelf === undefined || shelf.used + wanted.w > COLUMNS) {
      shelf = { items: [], used: 0 };
      shelves.push(shelf);
    }
    shelf.items.push({ id: widget.id, ...wanted });
    shelf.used += wanted.w;
  }
  return shelves;
};

/** Fills the columns that a shelf leaves empty, spread over its widgets by their width. */
const stretch = (shelf: Shelf): readonly number[] => {
  let end = 0;
  let used = 0;
  return shelf.items.map((item) => {
    used += item.w;
    const edge = Math.round((used / shelf.used) * COLUMNS);
    const width = edge - end;
    end = edge;
    return width;
  });
};

const automatic = (widgets: readonly Widget[], breakpoint: Breakpoint): Places => {
  const places = new Map<string, Place>();
  let y = 0;
  for (const shelf of shelve(widgets, breakpoint)) {
    const widths = stretch(shelf);
    const h = Math.max(...shelf.items.map((item) => item.h));
    let x = 0;
    for (const [index, item] of shelf.items.entries()) {
      const w = widths[index] ?? item.w;
      places.set(item.id, { x, y, w, h });
      x += w;
    }
    y += h;
  }
  return places;
};

/** The declared places of a breakpoint, or null when a widget has none there or two of them collide. */
const declared = (widgets: readonly Widget[], breakpoint: Breakpoint): Places | null => {
  const places = new Map<string, Place>();
  for (const widget of widgets) {
    const place = widget.layouts?.[breakpoint];
    if (place === undefined) return null;
    const w = Math.min(Math.max(1, place.w), COLUMNS);
    const fitted = {
      x: Math.max(0, Math.min(place.x, COLUMNS - w)),
      y: Math.max(0, place.y),
      w,
      h: Math.max(1, place.h),
    };
    if ([...places.values()].some((other) => overlaps(fitted, other))) return null;
    places.set(widget.id, fitted);
  }
  return places;
};

/** A place for every widget; each within the columns, none over another. */
export function placesAt(widgets: readonly Widget[], breakpoint: Breakpoint): Places {
  return declared(widgets, breakpoint) ?? automatic(widgets, breakpoint);
}

export const rowsOf = (places: Places): number =>
  Math.max(0, ...[...places.values()].map((place) => place.y + place.h));

export interface WallFit {
  readonly zoom: number;
  /** Height of a grid row in px, before zoom. */
  readonly row: number;
}

/** The width at which a dashboard is drawn without zoom. */
const WALL_WIDTH = 1440;
const LEAST_ROW = 30;

/** Larger type on larger walls, and rows of the height at which the whole dashboard is in view, as far as they stay legible. */
export function wallFit(width: number, height: number, rows: number, chrome: number): WallFit {
  const zoom = Math.min(3, Math.max(1, width / WALL_WIDTH));
  const room = height / zoom - chrome;
  const row = rows === 0 ? ROW : (room - (rows - 1) * GAP) / rows;
  return { zoom, row: Math.max(LEAST_ROW, Math.floor(row)) };
}
