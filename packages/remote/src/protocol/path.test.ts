import fc from 'fast-check';
import { decodeName } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { decodePart, encodePart, encodePath } from './path.js';

describe('paths in URLs', () => {
  it('carry names of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const name = decodeName(bytes);
        const encoded = encodePart(name);
        expect(encoded).toMatch(/^[\x21-\x7e]*$/u);
        expect(encoded).not.toMatch(/[/?#]/u);
        expect(decodePart(encoded)).toBe(name);
      }),
    );
  });

  it('are readable where names are', () => {
    expect(encodePath('targets/scst_local/a!b:1')).toBe('targets/scst_local/a!b:1');
    expect(encodePath('a b/à/\uDCFF')).toBe('a%20b/%C3%A0/%FF');
    expect(encodePart('a/b')).toBe('a%2Fb');
    expect(decodePart('a%2fb')).toBe('a/b');
  });

  it('are refused where a % stands alone', () => {
    for (const text of ['%', 'a%2', '%zz']) expect(decodePart(text)).toBeUndefined();
  });
});
