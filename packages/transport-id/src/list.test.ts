import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.js';
import { TransportIdError } from './error.js';
import { decodeTransportIdList, encodeTransportIdList, splitTransportIds } from './list.js';
import { nearlyTransportId, transportId } from './testing/arbitraries.js';
import { encodeTransportId } from './transport-id.js';
import { type DecodeOptions } from './types.js';

const sasHex = `060000005feede402fade050${'00'.repeat(12)}`;

function decodeError(hex: string, options?: DecodeOptions): TransportIdError {
  try {
    decodeTransportIdList(fromHex(hex), options);
  } catch (error) {
    if (error instanceof TransportIdError) return error;
    throw error;
  }
  throw new Error(`${hex} was decoded`);
}

describe('a list of TransportIDs', () => {
  it('is the length of what follows, then one behind the other', () => {
    const list = encodeTransportIdList([
      { protocol: 'sas', sasAddress: 0x5feede402fade050n },
      { protocol: 'iscsi', name: 'iqn.a' },
    ]);
    expect(toHex(list)).toBe(`00000030${sasHex}0500001469716e2e61${'00'.repeat(15)}`);
  });

  it('may be empty', () => {
    expect(toHex(encodeTransportIdList([]))).toBe('00000000');
    expect(decodeTransportIdList(new Uint8Array(4))).toEqual([]);
  });

  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(fc.array(transportId), (ids) => {
        const list = encodeTransportIdList(ids);
        expect(decodeTransportIdList(list)).toEqual(ids);
        expect(splitTransportIds(list.subarray(4))).toEqual(ids.map(encodeTransportId));
      }),
    );
  });

  it('is not made of raw bytes after which the next entry would not be found', () => {
    const ids = [{ protocol: 'sas', sasAddress: 1n } as const, { protocol: 'raw', bytes: new Uint8Array(28).fill(0x08) } as const];
    expect(() => encodeTransportIdList(ids)).toThrow(expect.objectContaining({ code: 'LENGTH', entry: 1, entryOffset: 24, offset: 52 }));
    expect(() => encodeTransportIdList([{ protocol: 'raw', bytes: new Uint8Array() }])).toThrow(
      expect.objectContaining({ code: 'TRUNCATED', entry: 0, offset: 4 }),
    );
  });

  it('says which entry does not fit', () => {
    const ids = [{ protocol: 'sas', sasAddress: 1n } as const, { protocol: 'sas', sasAddress: -1n } as const];
    expect(() => encodeTransportIdList(ids)).toThrow(expect.objectContaining({ code: 'FIELD', entry: 1, entryOffset: 4, offset: 32 }));
  });
});

describe('bytes that are no list', () => {
  it.each([
    ['', 'LIST_LENGTH', 0],
    ['000018', 'LIST_LENGTH', 3],
    [`00000017${sasHex}`, 'LIST_LENGTH', 0],
    [`00000064${sasHex}`, 'LIST_LENGTH', 0],
  ])('%s: %s at byte %i, of no entry', (hex, code, offset) => {
    const error = decodeError(hex);
    expect({ code: error.code, offset: error.offset, entry: error.entry }).toEqual({ code, offset, entry: undefined });
  });

  it('name the entry that overruns the list, and where the bytes end', () => {
    const error = decodeError(`0000001c${sasHex}06000000`);
    expect(error).toMatchObject({ code: 'TRUNCATED', entry: 1, entryOffset: 4, offset: 32 });
    expect(error.message).toMatch(/^TransportID 1 of the list, byte 4 \(byte 32 of the list\): /);
  });

  it('name the entry whose header is not whole', () => {
    expect(decodeError(`0000001a${sasHex}0500`)).toMatchObject({ code: 'TRUNCATED', entry: 1, entryOffset: 2, offset: 30 });
  });

  it('name the entry and the byte that break a rule', () => {
    expect(decodeError(`00000030${sasHex}${sasHex.replace(/00$/, '01')}`)).toMatchObject({ code: 'RESERVED', entry: 1, entryOffset: 23, offset: 51 });
  });

  it('keep a malformed entry as raw where that was asked for, but not one that overruns', () => {
    const short = '05000006616263646566';
    expect(decodeTransportIdList(fromHex(`00000022${short}${sasHex}`), { malformed: 'raw' })).toEqual([
      { protocol: 'raw', bytes: fromHex(short) },
      { protocol: 'sas', sasAddress: 0x5feede402fade050n },
    ]);
    expect(decodeError(`0000000406000000`, { malformed: 'raw' })).toMatchObject({ code: 'TRUNCATED', entry: 0 });
  });

  it('never make anything else be thrown', () => {
    const list = fc.array(nearlyTransportId, { maxLength: 4 }).chain((entries) => {
      const body = entries.flatMap((entry) => [...entry]);
      return fc.oneof(fc.constant(body.length), fc.nat(300)).map((length) => Uint8Array.of(0, 0, length >> 8, length & 0xff, ...body));
    });
    fc.assert(
      fc.property(fc.oneof(list, fc.uint8Array()), (bytes) => {
        try {
          expect(decodeTransportIdList(bytes)).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(TransportIdError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('splits without looking into the entries, and without copying them', () => {
  const bytes = fromHex(`05000006616263646566${'ff'.repeat(24)}`);
  const parts = splitTransportIds(bytes);
  expect(parts.map((part) => part.length)).toEqual([10, 24]);
  expect(parts.every((part) => part.buffer === bytes.buffer)).toBe(true);
});
