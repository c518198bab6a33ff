import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from './bytes.js';
import { TransportIdError } from './error.js';
import { nearlyTransportId, oneOf, transportId } from './testing/arbitraries.js';
import { parseTransportId, printTransportId } from './text.js';
import { decodeTransportId } from './transport-id.js';
import { type TransportId } from './types.js';

function parseError(text: string): TransportIdError {
  try {
    parseTransportId(text);
  } catch (error) {
    if (error instanceof TransportIdError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('the text form', () => {
  it.each<[TransportId, string]>([
    [{ protocol: 'fcp', nPortName: 0x21000024ff3d1a2bn }, 'fcp:21000024ff3d1a2b'],
    [{ protocol: 'spi', scsiAddress: 7, relativeTargetPort: 1 }, 'spi:7,1'],
    [{ protocol: 'ieee1394', eui64Name: 0x1f20000abcdefn }, 'ieee1394:0001f20000abcdef'],
    [{ protocol: 'srp', initiatorPortIdentifier: 0xfe800000000000000002c903000a1b2dn }, 'srp:fe800000000000000002c903000a1b2d'],
    [{ protocol: 'iscsi', name: 'iqn.2026-01.com.example:Host1' }, 'iscsi:iqn.2026-01.com.example:Host1'],
    [{ protocol: 'iscsi', name: 'iqn.2026-01.com.example:host1', isid: '00023d000001' }, 'iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001'],
    [{ protocol: 'sas', sasAddress: 0x5feede401fade050n }, 'sas:5feede401fade050'],
    [{ protocol: 'sop', routingId: 0x100 }, 'sop:0100'],
    [{ protocol: 'raw', bytes: Uint8Array.of(0x09, 0xff) }, 'hex:09ff'],
    [{ protocol: 'raw', bytes: new Uint8Array() }, 'hex:'],
  ])('of %o is %s', (id, text) => {
    expect(printTransportId(id)).toBe(text);
    expect(parseTransportId(text)).toEqual(id);
  });

  it('reads back as what was printed', () => {
    fc.assert(
      fc.property(transportId, (id) => {
        expect(parseTransportId(printTransportId(id))).toEqual(id);
      }),
    );
  });

  it('reads back for malformed bytes too', () => {
    fc.assert(
      fc.property(nearlyTransportId, (bytes) => {
        const id = decodeTransportId(bytes, { malformed: 'raw' });
        expect(parseTransportId(printTransportId(id))).toEqual(id);
      }),
    );
  });

  it('is not made for what cannot be encoded', () => {
    expect(() => printTransportId({ protocol: 'sas', sasAddress: -1n })).toThrow(expect.objectContaining({ code: 'FIELD' }));
    expect(() => printTransportId({ protocol: 'spi', scsiAddress: 1, relativeTargetPort: 65536 })).toThrow(expect.objectContaining({ code: 'FIELD' }));
    expect(() => printTransportId({ protocol: 'iscsi', name: 'a,b' })).toThrow(expect.objectContaining({ code: 'ISCSI_NAME' }));
  });
});

describe('other ways to write the same', () => {
  const sas: TransportId = { protocol: 'sas', sasAddress: 0x5feede401fade050n };

  it.each<[string, TransportId]>([
    ['  sas:5feede401fade050\n', sas],
    ['SAS:5FEEDE401FADE050', sas],
    ['sas,5feede401fade050', sas],
    ['sas:0x5feede401fade050', sas],
    ['sas:5f:ee:de:40:1f:ad:e0:50', sas],
    ['sas:5f-ee-de-40-1f-ad-e0-50', sas],
    ['hex:06 00 00 00 5f,ee,de,40 1f:ad:e0:50 000000000000000000000000', sas],
    ['hex:0x060000005feede401fade050000000000000000000000000', sas],
    ['sbp:0001f20000abcdef', { protocol: 'ieee1394', eui64Name: 0x1f20000abcdefn }],
    ['rdma:fe800000000000000002c903000a1b2d', { protocol: 'srp', initiatorPortIdentifier: 0xfe800000000000000002c903000a1b2dn }],
    ['iqn.2026-01.com.example:a', { protocol: 'iscsi', name: 'iqn.2026-01.com.example:a' }],
    ['eui.02004567A425678D,i,0x80123456789a', { protocol: 'iscsi', name: 'eui.02004567A425678D', isid: '80123456789a' }],
    ['naa.52004567BA64678D', { protocol: 'iscsi', name: 'naa.52004567BA64678D' }],
  ])('%j', (text, id) => {
    expect(parseTransportId(text)).toEqual(id);
  });
});

describe('text that cannot be read', () => {
  it.each([
    ['', 'TEXT', 0],
    ['  5feede401fade050', 'TEXT', 2],
    ['usb:1234', 'TEXT', 0],
    ['sas:5feede401fade05', 'TEXT', 4],
    ['sas:5f:ee:de:40:1f:ad:e0', 'TEXT', 4],
    ['sop:10000', 'TEXT', 4],
    ['spi:7', 'TEXT', 4],
    ['spi:7,65536', 'TEXT', 4],
    ['hex:0', 'TEXT', 4],
    ['hex:zz', 'TEXT', 4],
    ['iscsi:', 'ISCSI_NAME', 6],
    ['iqn.a b', 'ISCSI_NAME', 0],
    [' iqn.a,t,0x0001', 'TEXT', 6],
    ['iqn.a,i,0x', 'ISID', 10],
    ['iscsi:iqn.a,i,0xfg', 'ISID', 16],
  ])('%j is refused with the character at which it goes wrong', (text, code, offset) => {
    const error = parseError(text);
    expect({ code: error.code, offset: error.offset, unit: error.unit }).toEqual({ code, offset, unit: 'character' });
  });

  it('never makes anything else be thrown', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.constantFrom('fcp:', 'spi:', 'srp,', 'iscsi:', 'iqn.', 'sop:', 'hex:'), fc.string({ unit: oneOf('0123,i0x: g-\ud800') })).map(([a, b]) => a + b),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(parseTransportId(given)).toHaveProperty('protocol');
        } catch (error) {
          expect(error).toBeInstanceOf(TransportIdError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('tells well-formed bytes apart from those that only look so', () => {
  const bytes = fromHex(`06000001${'00'.repeat(20)}`);
  const id = decodeTransportId(bytes, { malformed: 'raw' });
  expect(printTransportId(id)).toBe(`hex:06000001${'00'.repeat(20)}`);
});
