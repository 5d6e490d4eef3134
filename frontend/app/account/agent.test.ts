import { describe, expect, it } from 'vitest';
import { agentWords } from './agent';

describe('a browser in words', () => {
  it('tells browsers apart that name each other', () => {
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
    expect(agentWords(chrome)).toBe('Chrome on Linux');
    expect(agentWords(`${chrome} Edg/140.0`)).toBe('Edge on Linux');
    expect(agentWords('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1')).toBe(
      'Safari on iOS',
    );
  });

  it('keeps what it does not know', () => {
    expect(agentWords('curl/8.1')).toBe('curl/8.1');
    expect(agentWords(null)).toBe('Unknown browser');
  });
});
