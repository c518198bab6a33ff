import { expect, it } from 'vitest';
import {
  decodeTransportId,
  decodeTransportIdList,
  encodeTransportId,
  encodeTransportIdList,
  parseTransportId,
  printTransportId,
  scstLocalTransportId,
  TransportIdError,
  transportIdMatches,
  versionDescriptorByCode,
  versionDescriptorByName,
} from './index.js';

it('does what the example at the head of the package says', () => {
  const id = parseTransportId('iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001');
  const bytes = encodeTransportId(id);
  expect([...bytes.subarray(0, 7)]).toEqual([0x45, 0x00, 0x00, 0x30, 0x69, 0x71, 0x6e]);
  expect(printTransportId(decodeTransportId(bytes))).toBe('iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001');
});

it('does what the example of the README says', () => {
  const port = parseTransportId('sas:5feede401fade050');
  expect(Buffer.from(encodeTransportId(port)).toString('hex')).toBe('060000005feede401fade050000000000000000000000000');
  const list = encodeTransportIdList([port, parseTransportId('iqn.2026-01.com.example:host1')]);
  expect(decodeTransportIdList(list).map(printTransportId)).toEqual(['sas:5feede401fade050', 'iscsi:iqn.2026-01.com.example:host1']);
  expect(
    transportIdMatches(parseTransportId('iqn.2026-01.com.example:host1'), parseTransportId('iqn.2026-01.com.example:host1,i,0x00023d000001')),
  ).toBe(true);
  try {
    decodeTransportId(new Uint8Array([0x06, 0, 0, 1, ...new Uint8Array(20)]));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(TransportIdError);
    if (!(error instanceof TransportIdError)) throw error;
    expect([error.code, error.offset, error.message]).toEqual(['RESERVED', 3, 'byte 3: a reserved bit is not zero (SPC-4 7.6.4.7)']);
  }
  expect(printTransportId(scstLocalTransportId(1))).toBe('sas:5feede401fade050');
  expect(versionDescriptorByCode(0x0be0)?.name).toBe('SAS (no version claimed)');
  expect(versionDescriptorByName('iSCSI')?.code).toBe(0x0960);
});
