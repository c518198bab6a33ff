import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTransportIds, transportIdKey, transportIdMatches, transportIdsEqual } from './compare.js';
import { iscsiName, transportId } from './testing/arbitraries.js';
import { encodeTransportId } from './transport-id.js';
import { type TransportId } from './types.js';

const node: TransportId = { protocol: 'iscsi', name: 'iqn.2026-01.com.example:a' };
const port: TransportId = { ...node, isid: '00023D000001' };

describe('equality', () => {
  it('disregards the case of iSCSI names and of the digits of the ISID', () => {
    expect(transportIdsEqual(port, { protocol: 'iscsi', name: 'IQN.2026-01.COM.EXAMPLE:A', isid: '00023d000001' })).toBe(true);
    expect(transportIdsEqual({ protocol: 'iscsi', name: 'iqn.É' }, { protocol: 'iscsi', name: 'iqn.e\u0301' })).toBe(true);
  });

  it('tells an initiator port from the device it is in', () => {
    expect(transportIdsEqual(node, port)).toBe(false);
  });

  it('tells ports of one device apart', () => {
    expect(transportIdsEqual(port, { ...port, isid: '00023d000002' })).toBe(false);
  });

  it('does not take a name that normalizes to text with a comma for a name and an ISID', () => {
    expect(transportIdsEqual({ protocol: 'iscsi', name: 'a\uff0ci\uff0c0x1' }, { protocol: 'iscsi', name: 'a', isid: '1' })).toBe(false);
  });

  it('tells protocols with the same name apart', () => {
    expect(transportIdsEqual({ protocol: 'fcp', nPortName: 1n }, { protocol: 'sas', sasAddress: 1n })).toBe(false);
  });

  it('takes well-formed raw bytes for what they spell, and reserved bytes into account', () => {
    const bytes = encodeTransportId({ protocol: 'sas', sasAddress: 5n });
    expect(transportIdsEqual({ protocol: 'raw', bytes }, { protocol: 'sas', sasAddress: 5n })).toBe(true);
    const other = Uint8Array.from(bytes);
    other[23] = 1;
    expect(transportIdsEqual({ protocol: 'raw', bytes: other }, { protocol: 'sas', sasAddress: 5n })).toBe(false);
    expect(transportIdsEqual({ protocol: 'raw', bytes: other }, { protocol: 'raw', bytes: Uint8Array.from(other) })).toBe(true);
  });

  it('is what the key, the order and the bytes say', () => {
    fc.assert(
      fc.property(transportId, transportId, (a, b) => {
        const equal = transportIdsEqual(a, b);
        expect(transportIdsEqual(a, { protocol: 'raw', bytes: encodeTransportId(a) })).toBe(true);
        expect(transportIdKey(a) === transportIdKey(b)).toBe(equal);
        expect(compareTransportIds(a, b) === 0).toBe(equal);
        expect(Math.sign(compareTransportIds(a, b)) + Math.sign(compareTransportIds(b, a))).toBe(0);
      }),
    );
  });
});

it('sorts by protocol, then by name, a device before its ports', () => {
  const sorted: TransportId[] = [
    { protocol: 'fcp', nPortName: 0x100n },
    { protocol: 'fcp', nPortName: 0xa000n },
    node,
    port,
    { protocol: 'iscsi', name: 'iqn.2026-01.com.example:ab' },
    { protocol: 'sas', sasAddress: 1n },
    { protocol: 'raw', bytes: Uint8Array.of(0x08) },
  ];
  expect(sorted.toReversed().sort(compareTransportIds)).toEqual(sorted);
});

describe('a TransportID of a parameter list', () => {
  it('means every port of the name when it is iSCSI without ISID', () => {
    expect(transportIdMatches(node, port)).toBe(true);
    expect(transportIdMatches(node, node)).toBe(true);
    expect(transportIdMatches({ ...node, name: node.name.toUpperCase() }, port)).toBe(true);
    expect(transportIdMatches(port, node)).toBe(false);
    expect(transportIdMatches(node, { ...port, name: 'iqn.other' })).toBe(false);
  });

  it('means only its own port otherwise', () => {
    expect(transportIdMatches(port, port)).toBe(true);
    expect(transportIdMatches({ protocol: 'sas', sasAddress: 1n }, { protocol: 'sas', sasAddress: 1n })).toBe(true);
    expect(transportIdMatches({ protocol: 'sas', sasAddress: 1n }, { protocol: 'fcp', nPortName: 1n })).toBe(false);
  });

  it('matches a port of any iSCSI name', () => {
    fc.assert(
      fc.property(iscsiName, (name) => {
        expect(transportIdMatches({ protocol: 'iscsi', name }, { protocol: 'iscsi', name, isid: '1' })).toBe(true);
      }),
    );
  });
});
