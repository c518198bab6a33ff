import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName, fromByteString, toByteString } from './names.js';

describe('names', () => {
  it('are the reverse of their bytes, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect([...encodeName(decodeName(bytes))]).toEqual([...bytes]);
        expect([...fromByteString(toByteString(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it('stay as they are where they are text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/\p{Cs}/u.test(text));
        expect(decodeName(encodeName(text))).toBe(text);
      }),
    );
  });

  it('show stray bytes as lone surrogates', () => {
    expect(decodeName(Uint8Array.of(0x76, 0xc3, 0x61, 0xff))).toBe('v\uDCC3a\uDCFF');
    expect(decodeName(Uint8Array.of(0xc3, 0xa0, 0xc3))).toBe('à\uDCC3');
    expect(decodeName(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\uDCED\uDCA0\uDC80');
    expect(decodeName(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\uFEFFa');
  });
});
