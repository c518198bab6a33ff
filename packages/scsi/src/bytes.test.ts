import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  readAscii, readU16, readU24, readU32, readU64, readU64Number, readU8, writeAscii, writeU16, writeU24, writeU32, writeU64, writeU8,
} from './bytes.js';

const widths = [
  { width: 1, read: readU8, write: writeU8 },
  { width: 2, read: readU16, write: writeU16 },
  { width: 3, read: readU24, write: writeU24 },
  { width: 4, read: readU32, write: writeU32 },
];

for (const { width, read, write } of widths) {
  it(`a field of ${width} bytes reads back as written, at any offset, and touches nothing else`, () => {
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.integer({ min: 0, max: 2 ** (8 * width) - 1 }), (offset, value) => {
        const bytes = new Uint8Array(12).fill(0x5a);
        write(bytes, offset, value);
        expect(read(bytes, offset)).toBe(value);
        expect(bytes.filter((byte, at) => (at < offset || at >= offset + width) && byte !== 0x5a)).toHaveLength(0);
      }),
    );
  });
}

it('64-bit fields read back as written, as bigint and as number', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const bytes = new Uint8Array(9);
      writeU64(bytes, 1, value);
      expect(readU64(bytes, 1)).toBe(value);
      expect(readU64Number(bytes, 1)).toBe(Number(value));
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const bytes = new Uint8Array(8);
      writeU64(bytes, 0, value);
      expect(readU64(bytes, 0)).toBe(BigInt(value));
      expect(readU64Number(bytes, 0)).toBe(value);
    }),
  );
});

it('is big-endian', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect([readU16(bytes, 0), readU24(bytes, 0), readU32(bytes, 0), readU64(bytes, 0)]).toEqual([0x0102, 0x010203, 0x01020304, 0x0102030405060708n]);
});

it('bytes beyond the end read as zero and are not written', () => {
  const bytes = Uint8Array.of(0xff, 0xff);
  expect(readU32(bytes, 0)).toBe(0xffff0000);
  expect(readU16(bytes, 1)).toBe(0xff00);
  expect(readU8(bytes, 9)).toBe(0);
  expect(readU64(bytes, 0)).toBe(0xffff_0000_0000_0000n);
  writeU32(bytes, 1, 0);
  expect([...bytes]).toEqual([0xff, 0]);
});

it('ASCII fields lose their padding, keep inner spaces and show what is not printable', () => {
  const bytes = new Uint8Array(8);
  writeAscii(bytes, 0, 8, 'a b');
  expect(readAscii(bytes, 0, 8)).toBe('a b');
  expect([...bytes.subarray(3)]).toEqual([0x20, 0x20, 0x20, 0x20, 0x20]);
  writeAscii(bytes, 0, 4, 'longer');
  expect(readAscii(bytes, 0, 8)).toBe('long');
  expect(readAscii(Uint8Array.of(0x41, 0x07, 0x42, 0), 0, 4)).toBe('A\ufffdB');
  expect(readAscii(bytes, 20, 4)).toBe('');
});
