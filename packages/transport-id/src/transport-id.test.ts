import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.js';
import { TransportIdError } from './error.js';
import { nearlyTransportId, transportId } from './testing/arbitraries.js';
import { decodeTransportId, encodeTransportId, protocolIdentifierOf, transportIdLength } from './transport-id.js';
import { type DecodeOptions, type TransportId } from './types.js';

/** The error of decoding these bytes; fails when there is none. */
function decodeError(bytes: Uint8Array, options?: DecodeOptions): TransportIdError {
  try {
    decodeTransportId(bytes, options);
  } catch (error) {
    if (error instanceof TransportIdError) return error;
    throw error;
  }
  throw new Error(`${toHex(bytes)} was decoded`);
}

const zeros = (count: number): string => '00'.repeat(count);

/** One of each, with the bytes the tables of SPC-4 7.6.4.2 to 7.6.4.8 give. */
const examples: readonly [TransportId, string][] = [
  [{ protocol: 'fcp', nPortName: 0x2000001122334455n }, `00${zeros(7)}2000001122334455${zeros(8)}`],
  [{ protocol: 'spi', scsiAddress: 5, relativeTargetPort: 0x0102 }, `01000005${zeros(2)}0102${zeros(16)}`],
  [{ protocol: 'ieee1394', eui64Name: 0x0001f20000abcdefn }, `03${zeros(7)}0001f20000abcdef${zeros(8)}`],
  [{ protocol: 'srp', initiatorPortIdentifier: 0x000102030405060708090a0b0c0d0e0fn }, `04${zeros(7)}000102030405060708090a0b0c0d0e0f`],
  [{ protocol: 'iscsi', name: 'iqn.a' }, `0500001469716e2e61${zeros(15)}`],
  [
    { protocol: 'iscsi', name: 'iqn.2026-01.com.example:host1', isid: '00023d000001' },
    '4500003069716e2e323032362d30312e636f6d2e6578616d706c653a686f7374312c692c30783030303233643030303030310000',
  ],
  [{ protocol: 'sas', sasAddress: 0x5feede401fade050n }, `060000005feede401fade050${zeros(12)}`],
  [{ protocol: 'sop', routingId: 0x0108 }, `0a000108${zeros(20)}`],
  [{ protocol: 'raw', bytes: fromHex(`07${zeros(22)}01`) }, `07${zeros(22)}01`],
];

describe('the layouts', () => {
  it.each(examples)('%o has the bytes of its table, both ways', (id, hex) => {
    expect(toHex(encodeTransportId(id))).toBe(hex);
    expect(decodeTransportId(fromHex(hex))).toEqual(id);
    expect(protocolIdentifierOf(id)).toBe(Number.parseInt(hex.slice(1, 2), 16));
  });

  it('decodes what encoding gave', () => {
    fc.assert(
      fc.property(transportId, (id) => {
        const bytes = encodeTransportId(id);
        expect(bytes.length).toBeGreaterThanOrEqual(24);
        expect(bytes.length % 4).toBe(0);
        expect(transportIdLength(bytes)).toBe(bytes.length);
        expect(decodeTransportId(bytes)).toEqual(id);
      }),
    );
  });

  it('reads a view that does not begin at the start of its buffer', () => {
    for (const [id, hex] of examples) {
      const whole = fromHex(`ffffff${hex}ff`);
      expect(decodeTransportId(whole.subarray(3, whole.length - 1))).toEqual(id);
    }
  });

  it('keeps no hold on the bytes it was given', () => {
    const bytes = Buffer.from(`08${zeros(23)}`, 'hex');
    const id = decodeTransportId(bytes);
    bytes.fill(0xff);
    expect(toHex(encodeTransportId(id))).toBe(`08${zeros(23)}`);
  });
});

describe('an iSCSI TransportID', () => {
  it('is padded to a multiple of four and at least 24 bytes, with at least one null', () => {
    const lengthOf = (name: string): number => encodeTransportId({ protocol: 'iscsi', name }).length;
    expect([1, 19, 20, 23, 24].map((length) => lengthOf('n'.repeat(length)))).toEqual([24, 24, 28, 28, 32]);
  });

  it('has at most 228 bytes with a name alone, as SPC-4 7.6.4.6 notes, and 248 with the longest ISID', () => {
    const name = 'n'.repeat(223);
    expect(encodeTransportId({ protocol: 'iscsi', name })).toHaveLength(228);
    expect(encodeTransportId({ protocol: 'iscsi', name, isid: '0123456789ab' })).toHaveLength(248);
    expect(() => encodeTransportId({ protocol: 'iscsi', name: `${name}n` })).toThrow(expect.objectContaining({ code: 'ISCSI_NAME', offset: 227 }));
  });

  it('counts bytes, not characters, of a name', () => {
    expect(encodeTransportId({ protocol: 'iscsi', name: 'é'.repeat(111) })).toHaveLength(228);
    expect(() => encodeTransportId({ protocol: 'iscsi', name: 'é'.repeat(112) })).toThrow(expect.objectContaining({ code: 'ISCSI_NAME' }));
  });

  it('may have more null padding than needed', () => {
    expect(decodeTransportId(fromHex(`0500001c69716e2e61${zeros(23)}`))).toEqual({ protocol: 'iscsi', name: 'iqn.a' });
  });

  it('keeps a byte order mark, which is part of the name', () => {
    const id: TransportId = { protocol: 'iscsi', name: '\ufeffiqn' };
    expect(decodeTransportId(encodeTransportId(id))).toEqual(id);
  });

  it.each([
    ['', undefined],
    ['a b', undefined],
    ['a,i,0x1', undefined],
    ['a\0', undefined],
    ['a\ud800', undefined],
    ['a', ''],
    ['a', '0x1'],
    ['a', '0123456789abc'],
  ])('is not made of name %j and ISID %j', (name, isid) => {
    const code = isid === undefined ? 'ISCSI_NAME' : 'ISID';
    expect(() => encodeTransportId({ protocol: 'iscsi', name, isid })).toThrow(expect.objectContaining({ code }));
  });
});

describe('fields that do not fit', () => {
  it.each<[TransportId, number]>([
    [{ protocol: 'fcp', nPortName: -1n }, 8],
    [{ protocol: 'sas', sasAddress: 1n << 64n }, 4],
    [{ protocol: 'srp', initiatorPortIdentifier: 1n << 128n }, 8],
    [{ protocol: 'ieee1394', eui64Name: 1n << 64n }, 8],
    [{ protocol: 'spi', scsiAddress: 0x10000, relativeTargetPort: 1 }, 2],
    [{ protocol: 'spi', scsiAddress: 1, relativeTargetPort: -1 }, 6],
    [{ protocol: 'sop', routingId: 1.5 }, 2],
  ])('%o is refused with the byte of the field', (id, offset) => {
    expect(() => encodeTransportId(id)).toThrow(expect.objectContaining({ name: 'TransportIdError', code: 'FIELD', offset }));
  });
});

describe('bytes that break a rule', () => {
  it.each([
    ['no byte', '', 'TRUNCATED', 0],
    ['SAS, one byte short', `06${zeros(22)}`, 'TRUNCATED', 23],
    ['SAS, one byte over', `06${zeros(24)}`, 'TRAILING_BYTES', 24],
    ['SAS, format code 1', `46${zeros(23)}`, 'FORMAT_CODE', 0],
    ['SAS, reserved bit of byte 0', `16${zeros(23)}`, 'RESERVED', 0],
    ['SAS, reserved byte 3', `06000001${zeros(20)}`, 'RESERVED', 3],
    ['SAS, reserved byte 12', `06${zeros(11)}01${zeros(11)}`, 'RESERVED', 12],
    ['FCP, reserved byte 7', `00${zeros(6)}80${zeros(16)}`, 'RESERVED', 7],
    ['SPI, obsolete byte 4', `01${zeros(3)}01${zeros(19)}`, 'RESERVED', 4],
    ['SOP, reserved byte 4', `0a${zeros(3)}01${zeros(19)}`, 'RESERVED', 4],
    ['iSCSI, no whole header', '050000', 'TRUNCATED', 3],
    ['iSCSI, format code 2', `85000014${zeros(20)}`, 'FORMAT_CODE', 0],
    ['iSCSI, reserved bit of byte 0', `2500001461${zeros(19)}`, 'RESERVED', 0],
    ['iSCSI, reserved byte 1', `0501001461${zeros(19)}`, 'RESERVED', 1],
    ['iSCSI, additional length 16', `0500001061${zeros(15)}`, 'ADDITIONAL_LENGTH', 2],
    ['iSCSI, additional length 22', `0500001661${zeros(21)}`, 'ADDITIONAL_LENGTH', 2],
    ['iSCSI, shorter than its length', `0500001861${zeros(19)}`, 'TRUNCATED', 24],
    ['iSCSI, longer than its length', `0500001461${zeros(20)}`, 'TRAILING_BYTES', 24],
    ['iSCSI, no null', `05000014${'61'.repeat(20)}`, 'NOT_TERMINATED', 23],
    ['iSCSI, text behind the null', `05000014610062${zeros(17)}`, 'PADDING', 6],
    ['iSCSI, no name', `05000014${zeros(20)}`, 'ISCSI_NAME', 4],
    ['iSCSI, blank in the name', `05000014612062${zeros(17)}`, 'ISCSI_NAME', 5],
    ['iSCSI, ISID with format code 0', `05000014612c692c307831${zeros(13)}`, 'ISCSI_NAME', 5],
    ['iSCSI, name that is not UTF-8', `0500001461ff${zeros(18)}`, 'ISCSI_NAME', 4],
    ['iSCSI, no separator', `4500001461${zeros(19)}`, 'SEPARATOR', 5],
    ['iSCSI, half a separator', `45000014612c692c30${zeros(15)}`, 'SEPARATOR', 5],
    ['iSCSI, no name before the separator', `450000142c692c307831${zeros(14)}`, 'ISCSI_NAME', 4],
    ['iSCSI, empty ISID', `45000014612c692c3078${zeros(14)}`, 'ISID', 10],
    ['iSCSI, ISID that is no number', `45000014612c692c307867${zeros(13)}`, 'ISID', 10],
    ['UAS, short', `09${zeros(10)}`, 'TRUNCATED', 11],
    ['UAS, not a multiple of four', `09${zeros(25)}`, 'LENGTH', 24],
  ])('%s', (_, hex, code, offset) => {
    const error = decodeError(fromHex(hex));
    expect({ code: error.code, offset: error.offset, unit: error.unit }).toEqual({ code, offset, unit: 'byte' });
    expect(error.clause).toMatch(/^SPC-4 7\.6\.4\.[1-8]$/);
    expect(error.message).toBe(`byte ${offset}: ${error.rule} (${String(error.clause)})`);
  });

  it('are kept as they are where that was asked for', () => {
    fc.assert(
      fc.property(nearlyTransportId, (bytes) => {
        const id = decodeTransportId(bytes, { malformed: 'raw' });
        if (id.protocol === 'raw') expect(id.bytes).toEqual(bytes);
      }),
    );
  });

  it('never make anything else be thrown, and what is accepted is given back by encoding', () => {
    fc.assert(
      fc.property(nearlyTransportId, (bytes) => {
        let id: TransportId;
        try {
          id = decodeTransportId(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TransportIdError);
          expect((error as TransportIdError).offset).toBeLessThanOrEqual(bytes.length);
          return;
        }
        const again = encodeTransportId(id);
        // iSCSI may have come with more padding than needed.
        if (id.protocol === 'iscsi') expect(decodeTransportId(again)).toEqual(id);
        else expect(again).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('reserved bits that are to be ignored', () => {
  const ignore: DecodeOptions = { reserved: 'ignore' };

  it('do not matter', () => {
    expect(decodeTransportId(fromHex(`36ffffff5feede401fade050${'ff'.repeat(12)}`), ignore)).toEqual({ protocol: 'sas', sasAddress: 0x5feede401fade050n });
    expect(decodeTransportId(fromHex(`35ff00146100${'ff'.repeat(18)}`), ignore)).toEqual({ protocol: 'iscsi', name: 'a' });
  });

  it('leave the other rules standing', () => {
    expect(decodeError(fromHex(`86${zeros(23)}`), ignore).code).toBe('FORMAT_CODE');
    expect(decodeError(fromHex(`05000014${'61'.repeat(20)}`), ignore).code).toBe('NOT_TERMINATED');
  });
});

describe('the length of a TransportID', () => {
  it('is read off the header alone', () => {
    expect(transportIdLength(Uint8Array.of(0x06))).toBe(24);
    expect(transportIdLength(Uint8Array.of(0x0f))).toBe(24);
    expect(transportIdLength(Uint8Array.of(0x45, 0, 0x01, 0x02))).toBe(4 + 0x102);
    expect(transportIdLength(Uint8Array.of(0x05, 0, 0, 6))).toBe(10);
  });

  it('is not known without a header', () => {
    expect(() => transportIdLength(new Uint8Array())).toThrow(expect.objectContaining({ code: 'TRUNCATED', offset: 0 }));
    expect(() => transportIdLength(Uint8Array.of(0x05, 0, 0))).toThrow(expect.objectContaining({ code: 'TRUNCATED', offset: 3 }));
  });
});

it('knows no protocol identifier of no bytes', () => {
  expect(protocolIdentifierOf({ protocol: 'raw', bytes: new Uint8Array() })).toBeUndefined();
});
