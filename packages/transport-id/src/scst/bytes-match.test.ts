import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../bytes.js';
import { nearlyTransportId, transportId } from '../testing/arbitraries.js';
import { encodeTransportId } from '../transport-id.js';
import { scstTransportIdsMatch } from './bytes-match.js';

/** An iSCSI TransportID of exactly this text, whether or not the standard allows it. */
function iscsi(formatCode: number, text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  return Uint8Array.of((formatCode << 6) | 5, 0, 0, body.length, ...body);
}

describe('SCST takes for the same initiator', () => {
  it('24 equal bytes, of any protocol but iSCSI', () => {
    const a = fromHex(`06000000500102030405060700000000${'00'.repeat(8)}`);
    expect(scstTransportIdsMatch(a, Uint8Array.from(a))).toBe(true);
    for (const at of [0, 3, 11, 23]) {
      const b = Uint8Array.from(a);
      b[at] = (b[at] ?? 0) ^ 0x10;
      expect(scstTransportIdsMatch(a, b)).toBe(false);
    }
    expect(scstTransportIdsMatch(a, Uint8Array.of(...a, 1))).toBe(true);
  });

  it('iSCSI texts that differ in case or padding only', () => {
    expect(scstTransportIdsMatch(iscsi(0, 'iqn.A\0\0'), iscsi(0, 'IQN.a'))).toBe(true);
    expect(scstTransportIdsMatch(iscsi(1, 'iqn.a,i,0xAB\0'), iscsi(1, 'iqn.a,i,0xab'))).toBe(true);
    expect(scstTransportIdsMatch(iscsi(1, 'iqn.a,i,0xab'), iscsi(1, 'iqn.a,i,0xac'))).toBe(false);
    expect(scstTransportIdsMatch(iscsi(0, 'iqn.a'), iscsi(0, 'iqn.ab'))).toBe(false);
  });

  it('an iSCSI name and every port of that name, either way round', () => {
    expect(scstTransportIdsMatch(iscsi(0, 'iqn.a'), iscsi(1, 'IQN.a,i,0x1'))).toBe(true);
    expect(scstTransportIdsMatch(iscsi(1, 'iqn.a,i,0x1'), iscsi(0, 'iqn.a'))).toBe(true);
    expect(scstTransportIdsMatch(iscsi(0, 'iqn.a'), iscsi(1, 'iqn.b,i,0x1'))).toBe(false);
  });

  it('nothing where a name has no end or the format code is reserved', () => {
    expect(scstTransportIdsMatch(iscsi(0, 'iqn.a'), iscsi(1, 'iqn.a'))).toBe(false);
    expect(scstTransportIdsMatch(iscsi(2, 'iqn.a'), iscsi(2, 'iqn.a'))).toBe(false);
  });

  it('no two protocols', () => {
    expect(scstTransportIdsMatch(new Uint8Array(24), Uint8Array.of(6, ...new Uint8Array(23)))).toBe(false);
  });
});

it('matches every well-formed TransportID with itself', () => {
  fc.assert(
    fc.property(transportId, (id) => {
      expect(scstTransportIdsMatch(encodeTransportId(id), encodeTransportId(id))).toBe(true);
    }),
  );
});

it('says the same either way round, of any bytes', () => {
  fc.assert(
    fc.property(nearlyTransportId, nearlyTransportId, (a, b) => {
      expect(scstTransportIdsMatch(a, b)).toBe(scstTransportIdsMatch(b, a));
    }),
  );
});
