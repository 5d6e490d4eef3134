/** Boards to look at: every kind of widget with the numbers of the charts' own tests, and every state of a card. */

const TALL = new Set(['map', 'table', 'sankey']);
const SMALL = new Set(['kpi', 'sparkline']);

const QUERY = { stream: 'flights', measures: ['departures'] };

/** Three cards abreast; wide examples take two places. */
function layouts(examples) {
  let [x, y, high] = [0, 0, 0];
  return examples.map(({ widget, width }) => {
    const w = width ? 8 : 4;
    const h = TALL.has(widget.kind) ? 8 : SMALL.has(widget.kind) ? 4 : 6;
    if (x + w > 12) [x, y, high] = [0, y + high, 0];
    const place = { x, y, w, h };
    [x, high] = [x + w, Math.max(high, h)];
    return { lg: place };
  });
}

/** A board of everything that `gallery()` draws; `results` has its numbers by widget and part. */
function kinds(gallery) {
  const alerts = { widget: { kind: 'alerts', title: 'Alerts', options: {} }, frames: { main: null, parts: {} } };
  const examples = [...gallery, alerts];
  const places = layouts(examples);
  const results = new Map();
  const widgets = examples.map(({ widget, frames }, index) => {
    const id = `w${index}`;
    if (frames.main) results.set(id, frames.main);
    for (const [part, result] of Object.entries(frames.parts)) results.set(`${id}:${part}`, result);
    const parts = Object.fromEntries(Object.keys(frames.parts).map((part) => [part, QUERY]));
    return { ...widget, id, ...(frames.main ? { query: QUERY } : {}), parts, layouts: places[index] };
  });
  return { board: { id: 'kinds', title: 'Kinds of widgets', tags: ['gallery'], widgets }, results };
}

const LOADING = ['line', 'kpi', 'table', 'pie', 'gauge', 'map', 'bar', 'status', 'sparkline'];

/** The widgets whose query the server refuses, and why. */
export const REFUSED = {
  error: {
    code: 'query_timeout',
    message: 'The query took longer than 10 s and was stopped. Choose a shorter time range.',
    retry: true,
  },
  denied: { code: 'forbidden', message: 'You may not read the stream “salaries”.' },
};

function states() {
  const card = (id, kind, title, index, options = {}) => {
    const place = { x: (index % 3) * 4, y: Math.floor(index / 3) * 6, w: 4, h: 6 };
    return { id, kind, title, query: QUERY, options, layouts: { lg: place } };
  };
  const told = [
    card('empty', 'bar', 'Empty', 0),
    card('error', 'line', 'Error', 1),
    card('denied', 'pie', 'Denied', 2),
  ];
  const loading = LOADING.map((kind, index) => card(`loading-${kind}`, kind, `Loading ${kind}`, index + 3));
  const empty = { columns: [{ name: 'a', type: 'string', role: 'dimension' }], rows: [], key: ['a'] };
  return {
    board: { id: 'states', title: 'States of a card', tags: ['gallery'], widgets: [...told, ...loading] },
    results: new Map([['empty', empty]]),
  };
}

/** Boards with their results by `widget` or `widget:part`. */
export function boardsOf(examples) {
  const empty = { board: { id: 'bare', title: 'No widgets', tags: [], widgets: [] }, results: new Map() };
  return [kinds(examples), states(), empty];
}
