import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyReceivedTransportId, copyTransportId, isSameInitiatorPort, isWildcard, transportIdLength } from './initiator-port.js';
import { iscsiTransportId, sasTransportId } from './testing.js';

const isid = '00023d000001';

describe('the length of a TransportID', () => {
  it('is 24, but for iSCSI, which says it', () => {
    for (const protocol of [0, 1, 3, 4, 6, 7, 0xc, 0xf]) expect(transportIdLength(Uint8Array.of(protocol, 0, 0, 9))).toBe(24);
    expect(transportIdLength(Uint8Array.of(0x05, 0, 0x01, 0x30))).toBe(0x134);
    expect(transportIdLength(Uint8Array.of(0xc5, 0, 0, 0x14))).toBe(24);
  });
  it('is what a copy has, with zeros for what is missing', () => {
    expect(copyTransportId(Uint8Array.of(0x06, 1))).toEqual(Uint8Array.of(0x06, 1, ...new Uint8Array(22)));
    expect(copyTransportId(new Uint8Array(40).fill(6)).length).toBe(24);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const copy = copyTransportId(bytes);
        expect(copy.length).toBe(transportIdLength(copy));
        expect(isSameInitiatorPort(copy, copy)).toBe((copy[0]! & 0x0f) !== 5 || (copy[0]! & 0x80) === 0);
      }),
    );
  });
});

it('a received iSCSI TransportID ends in NUL, whatever it was', () => {
  const full = Uint8Array.of(0x45, 0, 0, 4, 0x61, 0x62, 0x63, 0x64);
  expect([...copyReceivedTransportId(full)]).toEqual([0x45, 0, 0, 4, 0x61, 0x62, 0x63, 0]);
  expect(full[7]).toBe(0x64);
  expect(copyReceivedTransportId(sasTransportId(0xff))).toEqual(sasTransportId(0xff));
});

describe('the same initiator port', () => {
  it('has the same bytes', () => {
    expect(isSameInitiatorPort(sasTransportId(1), sasTransportId(1))).toBe(true);
    expect(isSameInitiatorPort(sasTransportId(1), sasTransportId(2))).toBe(false);
    expect(isSameInitiatorPort(sasTransportId(1), Uint8Array.of(0x04, ...sasTransportId(1).subarray(1)))).toBe(false);
  });
  it('has, in iSCSI, the same name and ISID, letter case aside', () => {
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a', isid), iscsiTransportId('IQN.A', isid))).toBe(true);
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a', isid), iscsiTransportId('iqn.a', '00023d000002'))).toBe(false);
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a'), iscsiTransportId('iqn.ab'))).toBe(false);
    expect(isSameInitiatorPort(iscsiTransportId('caf\xc9'), iscsiTransportId('caf\xe9'))).toBe(true);
  });
  it('has the same name where only one has an ISID', () => {
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a'), iscsiTransportId('iqn.a', isid))).toBe(true);
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a', isid), iscsiTransportId('iqn.a'))).toBe(true);
    expect(isSameInitiatorPort(iscsiTransportId('iqn'), iscsiTransportId('iqn.a', isid))).toBe(false);
    const noSeparator = Uint8Array.of(0x45, ...iscsiTransportId('iqn.a').subarray(1));
    expect(isSameInitiatorPort(iscsiTransportId('iqn.a'), noSeparator)).toBe(false);
    expect(isSameInitiatorPort(noSeparator, noSeparator)).toBe(true);
  });
  it('is symmetric', () => {
    const anyId = fc.oneof(
      fc.nat({ max: 3 }).map(sasTransportId),
      fc.tuple(fc.constantFrom('a', 'A', 'b'), fc.constantFrom(undefined, '01', '02')).map(([name, id]) => iscsiTransportId(name, id)),
      fc.uint8Array({ minLength: 8, maxLength: 12 }),
    );
    fc.assert(fc.property(anyId, anyId, (left, right) => { expect(isSameInitiatorPort(left, right)).toBe(isSameInitiatorPort(right, left)); }));
  });
});

it('an iSCSI name without an ISID is a wildcard', () => {
  expect(isWildcard(iscsiTransportId('iqn.a'))).toBe(true);
  expect(isWildcard(iscsiTransportId('iqn.a', isid))).toBe(false);
  expect(isWildcard(sasTransportId(1))).toBe(false);
});
