import { Lexer, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode, useMemo } from 'react';
import { safeHref } from './links';
import styles from './Markdown.module.css';

/** Titles inside a card start below the card's own. */
const HEADINGS = ['h3', 'h4', 'h5', 'h6', 'h6', 'h6'] as const;

const children = (tokens: readonly Token[] | undefined): ReactNode => tokens?.map((token, index) => node(token, index));

function table(token: Tokens.Table): ReactNode {
  const line = (cells: readonly Tokens.TableCell[], Cell: 'th' | 'td'): ReactNode =>
    cells.map((cell, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity
      <Cell key={index} data-align={cell.align ?? undefined}>
        {children(cell.tokens)}
      </Cell>
    ));
  return (
    <table>
      <thead>
        <tr>{line(token.header, 'th')}</tr>
      </thead>
      <tbody>
        {token.rows.map((cells, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
          <tr key={index}>{line(cells, 'td')}</tr>
        ))}
      </tbody>
    </table>
  );
}

function link(token: Tokens.Link): ReactNode {
  const href = safeHref(token.href, window.location.origin);
  if (href === null) return children(token.tokens);
  const outside = new URL(href, window.location.origin).origin !== window.location.origin;
  return (
    <a href={href} {...(outside ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
      {children(token.tokens)}
    </a>
  );
}

function list(token: Tokens.List): ReactNode {
  const List = token.ordered ? 'ol' : 'ul';
  return (
    <List {...(token.ordered && token.start !== '' ? { start: token.start } : {})}>
      {token.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no other identity
        <li key={index}>{children(item.tokens)}</li>
      ))}
    </List>
  );
}

function content(token: Token): ReactNode {
  switch (token.type) {
    case 'heading': {
      const Heading = HEADINGS[(token as Tokens.Heading).depth - 1] ?? 'h6';
      return <Heading>{children(token.tokens)}</Heading>;
    }
    case 'paragraph':
      return <p>{children(token.tokens)}</p>;
    case 'list':
      return list(token as Tokens.List);
    case 'link':
      return link(token as Tokens.Link);
    case 'table':
      return table(token as Tokens.Table);
    case 'strong':
      return <strong>{children(token.tokens)}</strong>;
    case 'em':
      return <em>{children(token.tokens)}</em>;
    case 'del':
      return <del>{children(token.tokens)}</del>;
    case 'blockquote':
      return <blockquote>{children(token.tokens)}</blockquote>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'code':
      return <pre>{(token as Tokens.Code).text}</pre>;
    case 'hr':
      return <hr />;
    case 'br':
      return <br />;
    case 'space':
    case 'def':
      return null;
    case 'image':
      // Pictures from elsewhere would tell others who looks; their words are shown instead.
      return (token as Tokens.Image).text;
    default:
      // Also HTML: shown as the text it is.
      return 'tokens' in token && token.tokens
        ? children(token.tokens)
        : 'text' in token
          ? String(token.text)
          : token.raw;
  }
}

const node = (token: Token, key: number): ReactNode => <Fragment key={key}>{content(token)}</Fragment>;

/** Markdown as elements. No HTML is ever parsed, so nothing in the text can run or style the page. */
export function Markdown({ text }: { readonly text: string }) {
  const tokens = useMemo(() => new Lexer({ gfm: true }).lex(text), [text]);
  return <div className={styles.root}>{children(tokens)}</div>;
}
