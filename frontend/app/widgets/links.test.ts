import { describe, expect, it } from 'vitest';
import { safeHref } from './links';

const ORIGIN = 'http://localhost:8080';

describe('links in texts', () => {
  it.each(['https://example.org/a?b#c', '/dashboards/server', '#top', 'mailto:a@example.org'])(
    'lets %s through',
    (href) => {
      expect(safeHref(href, ORIGIN)).toBe(href);
    },
  );

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'http://[',
  ])('refuses %j', (href) => {
    expect(safeHref(href, ORIGIN)).toBeNull();
  });
});
