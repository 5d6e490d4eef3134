// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableRow } from '../../charts/index';
import type { Value } from '../../core/types';
import { DataGrid } from './DataGrid';
import { WidgetBoundary } from './WidgetBoundary';

const cell = (value: Value) => ({ value, text: String(value), bar: null, heat: null });
const row = (name: string, count: number): TableRow => ({ key: name, cells: [cell(name), cell(count)] });
const heads = [
  { name: 'name', title: 'Name', unit: '', align: 'start', numeric: false },
  { name: 'count', title: 'Count', unit: '', align: 'end', numeric: true },
] as const;
const rows = [row('b', 2), row('a', 3), row('c', 1)];

let host: HTMLElement;
let root: Root;

beforeEach(() => {
  Object.assign(globalThis, {
    IS_REACT_ACT_ENVIRONMENT: true,
    ResizeObserver: class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  });
  window.matchMedia = (query) =>
    Object.assign(new EventTarget(), { matches: false, media: query, onchange: null }) as MediaQueryList;
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host, { onCaughtError: () => undefined });
});
afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const show = (children: ReactNode): void =>
  act(() =>
    root.render(
      <MantineProvider env="test" withCssVariables={false} withGlobalClasses={false}>
        {children}
      </MantineProvider>,
    ),
  );
const names = (): readonly (string | null)[] =>
  [...host.querySelectorAll('tbody tr')].map((line) => line.querySelector('td')?.textContent ?? null);
const click = (selector: string): void => {
  act(() => {
    host.querySelector(selector)?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  });
};

describe('a table on the page', () => {
  it('keeps the order of the server, sorts on request, and finds the way back', () => {
    show(<DataGrid heads={heads} rows={rows} label="Things" />);
    expect(names()).toEqual(['b', 'a', 'c']);
    const head = 'th:nth-child(2) button';
    click(head);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(host.querySelector('th:nth-child(2)')?.getAttribute('aria-sort')).toBe('descending');
    click(head);
    expect(names()).toEqual(['c', 'b', 'a']);
    click(head);
    expect(names()).toEqual(['b', 'a', 'c']);
  });

  it('shows pages where asked for', () => {
    show(<DataGrid heads={heads} rows={rows} label="Things" pageSize={2} />);
    expect(names()).toEqual(['b', 'a']);
    click('[aria-label="Next page"]');
    expect(names()).toEqual(['c']);
  });

  it('flashes only cells that changed, in rows that the server touched', () => {
    const draw = (count: number, changed: readonly string[]): void =>
      show(
        <DataGrid heads={heads} rows={[row('b', count), row('a', count)]} label="Things" changed={new Set(changed)} />,
      );
    draw(1, []);
    expect(host.querySelectorAll('td > span[aria-hidden]')).toHaveLength(0);
    draw(2, ['b']);
    expect(host.querySelectorAll('td > span[aria-hidden]')).toHaveLength(1);
  });
});

function Fragile({ fuse }: { readonly fuse: { readonly broken: boolean } }) {
  if (fuse.broken) throw new Error('no axis');
  return <p>drawn</p>;
}

describe('a widget that breaks', () => {
  it('breaks alone and can be tried again', () => {
    const fuse = { broken: true };
    show(
      <>
        <p>neighbour</p>
        <WidgetBoundary
          fallback={(error, retry) => <button type="button" onClick={retry}>{`${error.message}: again`}</button>}
        >
          <Fragile fuse={fuse} />
        </WidgetBoundary>
      </>,
    );
    expect(host.textContent).toBe('neighbourno axis: again');
    fuse.broken = false;
    click('button');
    expect(host.textContent).toBe('neighbourdrawn');
  });
});
