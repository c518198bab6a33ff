import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf } from './chunks.js';

const stream = async function* (pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
};

describe('chunksOf', () => {
  it('gives every byte once, in order, in pieces of the size asked for, however the stream was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }), fc.integer({ min: 1, max: 16 }), fc.option(fc.nat(100), { nil: undefined }), async (pieces, size, most) => {
        const whole = Buffer.concat(pieces).subarray(0, most ?? Number.POSITIVE_INFINITY);
        const chunks: Buffer[] = [];
        for await (const chunk of chunksOf(stream(pieces), size, most)) chunks.push(Buffer.from(chunk));
        expect(Buffer.concat(chunks).equals(whole)).toBe(true);
        expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
      }),
    );
  });
});
