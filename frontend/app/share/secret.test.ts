import { describe, expect, it } from 'vitest';
import { readSecret } from './secret';

describe('the secret of a shared page', () => {
  it('is the fragment', () => {
    expect(readSecret('#ns_a-B_9')).toBe('ns_a-B_9');
    expect(readSecret('#aaa.bbb.ccc')).toBe('aaa.bbb.ccc');
  });

  it('is missing where the fragment is not one', () => {
    for (const hash of ['', '#', '#a b', '#a%0d%0ab', '#<script>', `#${'a'.repeat(8001)}`]) {
      expect(readSecret(hash)).toBeNull();
    }
  });
});
