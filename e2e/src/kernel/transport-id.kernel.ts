// TransportIDs of kernel sessions.
import { decodeTransportId, encodeTransportId, parseTransportId, printTransportId } from '@scst/transport-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSandbox } from './sandbox.js';

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

describe('a session’s TransportID', () => {
  it('is scst_local’s own SAS one until it is set', async () => {
    const target = await sandbox.target();
    const session = await sandbox.session(target);
    expect(decodeTransportId(await session.transportId())).toMatchObject({ protocol: 'sas' });
  });

  it.each(['sas:5000c50012345678', 'iqn.2026-01.com.example:host', 'iqn.2026-01.com.example:host,i,0x0123456789ab', 'fcp:21000024ff123456', 'srp:00112233445566778899aabbccddeeff'])('reads as it was set: %s', async (text) => {
    const target = await sandbox.target();
    const bytes = encodeTransportId(parseTransportId(text));
    const session = await target.addSession(sandbox.name('host'), { transportId: bytes });
    const readBack = await session.transportId();
    expect(Buffer.from(readBack).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    expect(printTransportId(decodeTransportId(readBack))).toBe(printTransportId(parseTransportId(text)));
  });
});
