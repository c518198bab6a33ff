// From a kernel session through its `host` link to SCSI devices, and SCSI commands to them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { deleteDevice, discover, rescanHost } from '@scst/sg-io';
import {
  formatLsscsi, formatProcScsi, inquiry, persistentReserveIn, persistentReserveOut, read, readCapacity, reportLuns, SENSE_KEY, testUnitReady, tryDecodeSense, unitSerialNumber, write, cdb, STATUS, synchronizeCache,
} from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, KernelSandbox } from './sandbox.js';

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** Unit attentions wait on every new session. */
const RETRIES = { unitAttentionRetries: 8 };

const hasLsscsi = (): boolean => existsSync('/usr/bin/lsscsi');

describe('the SCSI devices of a session', () => {
  it('are found through its host link, however soon they are asked for', async () => {
    const { session, device, target } = await sandbox.exportedDisk();
    const host = await session.hostNumber();
    const [found] = await session.devices();
    expect(found).toMatchObject({ address: `${host}:0:0:0`, host, lun: 0, type: 0, vendor: 'SCST_FIO', model: device.name.slice(0, 16).trimEnd(), state: 'running' });
    expect(found?.sg).toMatch(/^\/dev\/sg\d+$/u);
    expect((await sandbox.scst.scsiDevices()).map(({ address }) => address)).toContain(found?.address);
    const cd = await sandbox.device('vcdrom');
    await target.luns.add(cd.name, 7);
    const both = await session.devices();
    expect(both.map(({ lun, type }) => [lun, type])).toEqual([[0, 0], [7, 5]]);
    if (existsSync('/sys/module/sd_mod')) expect(both[0]?.node).toMatch(/^\/dev\/sd[a-z]+$/u);
  });

  it('are two for two sessions of one LUN', async () => {
    const { target, session } = await sandbox.exportedDisk();
    const other = await sandbox.session(target, 'other');
    const [one] = await session.devices();
    const [two] = await other.devices();
    expect(one?.address).not.toBe(two?.address);
    expect([one?.model, two?.lun]).toEqual([two?.model, 0]);
  });

  it.skipIf(!hasLsscsi())('print as lsscsi -g prints them', async () => {
    await sandbox.exportedDisk();
    await sandbox.scst.scsiDevices();
    const printed = execFileSync('lsscsi', ['-g'], { encoding: 'utf8' });
    expect(formatLsscsi(await discover()).map((line) => `${line}\n`).join('')).toBe(printed);
  });

  it.skipIf(!existsSync('/proc/scsi/scsi'))('print as /proc/scsi/scsi has them', async () => {
    await sandbox.exportedDisk();
    await sandbox.scst.scsiDevices();
    const devices = await discover();
    const of = (text: string): string[] => text.split(/(?=^Host: )/mu).slice(1).sort();
    expect(of(`${formatProcScsi(devices).join('\n')}\n`)).toEqual(of(readFileSync('/proc/scsi/scsi', 'utf8')));
  });

  it('go with their LUNs, and come back when the host is scanned', async () => {
    const { session } = await sandbox.exportedDisk();
    const [device] = await session.devices();
    await deleteDevice(device!.address);
    await eventually('the device is gone', async () => (await discover({ host: device!.host })).length === 0);
    await rescanHost(device!.host);
    expect((await session.devices()).map(({ address }) => address)).toEqual([device!.address]);
  });
});

describe('SCSI commands to a kernel session', () => {
  it('read and write what the backing file holds', async () => {
    const { session, device, file } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    expect(await inquiry(lun)).toMatchObject({ vendorIdentification: 'SCST_FIO', peripheralDeviceType: 0 });
    expect(await unitSerialNumber(lun)).toBe(await device.attributes.get('usn'));
    const { blockLength } = await readCapacity(lun);
    expect(blockLength).toBe(512);
    const data = Uint8Array.from({ length: 8 * 512 }, (_, index) => (index * 7) & 0xff);
    await write(lun, { lba: 100n, blockLength: 512, data });
    expect(Buffer.from(await read(lun, { lba: 100n, blocks: 8, blockLength: 512 })).equals(data)).toBe(true);
    await synchronizeCache(lun);
    const stored = await readFile(file);
    expect(stored.subarray(100 * 512, 108 * 512).equals(Buffer.from(data))).toBe(true);
    expect((await reportLuns(lun)).luns).toHaveLength(1);
  });

  it('of many at a time all come back', async () => {
    const { session } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const data = new Uint8Array(512).fill(index);
        await write(lun, { lba: BigInt(index), blockLength: 512, data });
        expect((await read(lun, { lba: BigInt(index), blocks: 1, blockLength: 512 })).every((byte) => byte === (index & 0xff))).toBe(true);
      }),
    );
  });

  it.each(['lun', 'target'] as const)('meet a unit attention after a reset of the %s', async (kind) => {
    const { session } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    await lun.reset(kind);
    const { status, sense } = await lun.execute({ cdb: cdb.testUnitReady() });
    expect(status).toBe(STATUS.CHECK_CONDITION);
    expect(tryDecodeSense(sense)).toMatchObject({ senseKey: SENSE_KEY.UNIT_ATTENTION, additionalSenseCode: 0x29 });
    expect((await lun.execute({ cdb: cdb.testUnitReady() })).status).toBe(STATUS.GOOD);
  });

  it('of two sessions respect a persistent reservation', async () => {
    const { target, session } = await sandbox.exportedDisk();
    const other = await sandbox.session(target, 'other');
    await using mine = await session.open(0);
    await using theirs = await other.open(0);
    for (const lun of [mine, theirs]) await testUnitReady(lun, RETRIES);
    await persistentReserveOut.register(mine, { serviceActionKey: 0xabcn });
    await persistentReserveOut.reserve(mine, { key: 0xabcn, type: 1 });
    expect((await persistentReserveIn.readReservation(theirs)).reservation).toMatchObject({ key: 0xabcn, type: 1 });
    const { status } = await theirs.execute({ cdb: cdb.write10({ lba: 0, transferLength: 1 }), dataOut: new Uint8Array(512) });
    expect(status).toBe(STATUS.RESERVATION_CONFLICT);
    await persistentReserveOut.clear(mine, { key: 0xabcn });
  });

  it('to a LUN that is not mapped are refused before they are sent', async () => {
    const { session } = await sandbox.exportedDisk();
    await expect(session.open(9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('count in the session’s statistics', async () => {
    const { session } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    const before = Number(await session.attributes.get('read_cmd_count'));
    for (let count = 0; count < 5; count += 1) await read(lun, { lba: 0n, blocks: 1, blockLength: 512 });
    expect(Number(await session.attributes.get('read_cmd_count')) - before).toBeGreaterThanOrEqual(5);
    expect(await session.uses()).toMatchObject([{ kind: 'open', lun: 0 }]);
  });
});
