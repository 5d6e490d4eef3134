// @vitest-environment jsdom
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown';

const html = (text: string): string =>
  renderToStaticMarkup(<Markdown text={text} />).replace(/^<div[^>]*>|<\/div>$/g, '');

describe('Markdown', () => {
  it('draws the usual things', () => {
    expect(html('# Title\n\nSome **bold** and *thin* `code`.')).toBe(
      '<h3>Title</h3><p>Some <strong>bold</strong> and <em>thin</em> <code>code</code>.</p>',
    );
    expect(html('- one\n- two')).toBe('<ul><li>one</li><li>two</li></ul>');
    expect(html('|a|b|\n|-|-:|\n|1|2|')).toBe(
      '<table><thead><tr><th>a</th><th data-align="right">b</th></tr></thead><tbody><tr><td>1</td><td data-align="right">2</td></tr></tbody></table>',
    );
  });

  it.each(['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'a <b onclick="x()">b</b>'])(
    'shows HTML as text: %s',
    (text) => {
      expect(html(text)).not.toMatch(/<(script|img|b)\b/);
      expect(html(text)).toContain('&lt;');
    },
  );

  it('drops links that could run something, and pictures from elsewhere', () => {
    expect(html('[x](javascript:alert(1))')).toBe('<p>x</p>');
    expect(html('![a chart](https://example.org/pixel.png)')).toBe('<p>a chart</p>');
    expect(html('[out](https://example.org)')).toContain('rel="noopener noreferrer"');
  });

  it('shows special characters once', () => {
    expect(html('a & b < c')).toBe('<p>a &amp; b &lt; c</p>');
  });
});
