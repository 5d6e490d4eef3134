import { describe, expect, it } from 'vitest';
import { decodeApiError, decodeMessage, decodeMessages, decodeResult, ProtocolError } from './decode';
import { golden } from './testing/golden';
import { snapshot } from './testing/world';

const server = golden('message-server-');

describe('golden messages', () => {
  it('cover every type', () =>
    expect(server.map(({ content }) => content['type']).sort()).toEqual([
      'delta',
      'error',
      'notice',
      'ping',
      'pong',
      'snapshot',
      'subscribed',
      'welcome',
    ]));

  it.each(server)('$file', ({ content }) => {
    for (const message of content['messages'] as unknown[]) expect(decodeMessage(message)).toEqual(message);
  });
});

describe('decodeMessages', () => {
  it('takes one message or a list', () => {
    expect(decodeMessages('{"type":"pong"}')).toEqual([{ type: 'pong' }]);
    expect(decodeMessages('[{"type":"pong"},{"type":"ping"}]')).toHaveLength(2);
  });

  it('passes over types of a later server', () => {
    expect(decodeMessages('[{"type":"weather"},{"type":"pong"}]')).toEqual([{ type: 'pong' }]);
    expect(decodeMessages('[{"type":"toString"}]')).toEqual([]);
  });

  it.each([
    '',
    '<html>',
    '[1]',
    '{}',
    '{"type":"delta","channel":"c"}',
    '{"type":"snapshot","channel":"c","rows":[1]}',
  ])('refuses %j', (body) => expect(() => decodeMessages(body)).toThrow(ProtocolError));
});

describe('decodeResult', () => {
  it('fills in defaults', () => {
    const { columns, rows, epoch, offset, as_of } = snapshot('c', 4, [['AA', 1]]);
    const result = decodeResult({ columns, rows, epoch, offset, as_of });
    expect(result).toMatchObject({ asOf: as_of, key: [], order: [], limit: null, mode: 'fresh', truncated: false });
  });

  it('refuses what is not a result', () => {
    expect(() => decodeResult([])).toThrow(ProtocolError);
    expect(() => decodeResult({ columns: [] })).toThrow(/epoch/);
  });
});

describe('decodeApiError', () => {
  it('reads our shape, and makes one for a proxy page', () => {
    const error = { code: 'bad_query', message: 'No such field.' };
    expect(decodeApiError({ error }, 400)).toBe(error);
    expect(decodeApiError('<html>', 502)).toMatchObject({ code: 'unreachable', retry: true });
  });
});
