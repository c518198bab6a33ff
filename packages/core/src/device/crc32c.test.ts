import { fromByteString } from '@scst/sysfs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

describe('CRC-32C', () => {
  it('has the check value of the standards, with their inversions', () => {
    expect(~crc32c(fromByteString('123456789'), ~0) >>> 0).toBe(0xe3069283);
  });

  it('goes on from where it was left', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (head, tail) => {
        expect(crc32c(tail, crc32c(head))).toBe(crc32c(Uint8Array.from([...head, ...tail])));
      }),
    );
  });
});
