// Real SCSI devices through the pass-through handlers of the core: a disk, a tape drive and a medium changer of scsi_debug.
// @vm modules sg sd_mod st ch ext4
// @vm timeout 300
// @vm programs mkfs.ext4:e2fsprogs
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { coreConnection, createCore, lendScsiDevices, type LentDevices, Scst } from '@scst/local';
import { cdb, inquiry, persistentReserveOut, read, readCapacity, reportLuns, SENSE_KEY, STATUS, testUnitReady, tryDecodeSense, write } from '@scst/scsi';
import { awaitDevices, type DiscoveredDevice, isReady, SgDevice } from '@scst/sg-io';
import { describe, expect, it } from 'vitest';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

const run = promisify(execFile);
const RETRIES = { unitAttentionRetries: 8 };
const DRIVERS = new Set(['sg', 'sd_mod', 'st', 'ch']);

const found = async (count: number): Promise<DiscoveredDevice[]> => await awaitDevices((devices) => devices.length === count && devices.every((device) => isReady(device, DRIVERS)), { timeout: 60_000 });

/** A core with the modules of pass-through handlers, and devices lent to it. */
const serving = async (addresses: readonly string[] | 'all'): Promise<AsyncDisposable & { scst: Scst; lent: LentDevices }> => {
  const core = createCore({ stateDirectory: '/tmp/scst-state' });
  for (const module of ['scst', 'scst_vdisk', 'scst_local', 'scst_disk', 'scst_tape', 'scst_changer']) await core.modules.load(module);
  const lent = await lendScsiDevices(core, addresses);
  const scst = Scst.over(coreConnection(core, () => core.close()));
  return {
    scst,
    lent,
    [Symbol.asyncDispose]: async () => {
      await lent.close();
      await scst.close();
    },
  };
};

describe('SCSI devices of the machine', () => {
  it('appear as the kernel’s SCST shows them, and work through their handlers', async () => {
    await using driver = await ScsiDebug.load();
    /** The driver has one type for all of its devices: each INQUIRY is answered with that of the moment. */
    const answerAs = (type: number): Promise<void> => driver.set('ptype', type);
    for (const [type, count] of [[1, 2], [8, 3]] as const) {
      await answerAs(type);
      await driver.set('add_host', 1);
      await found(count);
    }
    const [disk, tape, changer] = await found(3);
    await using served = await serving([disk!.address, tape!.address, changer!.address]);
    const { scst } = served;
    expect((await scst.devices()).map(({ name }) => name)).toEqual([disk, tape, changer].map((device) => device!.address));
    expect(await scst.device(disk!.address).handler()).toBeUndefined();
    expect(await scst.tree.readlink(`devices/${disk!.address}/scsi_device`)).toBe(`../../../../${disk!.sysfsPath}/scsi_device/${disk!.address}`);
    await expect(scst.handler('dev_tape').add(disk!.address)).rejects.toMatchObject({ code: 'EINVAL' });

    const target = scst.driver().target('scst_local_tgt');
    const session = target.session('scst_local_host');
    for (const [lun, device, handler] of [[0, disk, 'dev_disk'], [1, tape, 'dev_tape'], [2, changer, 'dev_changer']] as const) {
      await answerAs(device!.type);
      await scst.handler(handler).add(device!.address);
      await target.luns.add(device!.address, lun);
      expect(await session.devices()).toHaveLength(lun + 1);
      expect((await session.devices())[lun]).toMatchObject({ lun, type: device!.type, vendor: 'Linux', model: 'scsi_debug' });
    }
    const other = await target.addSession('second');

    for (const [lun, type] of [[0, 0], [1, 1], [2, 8]] as const) {
      await answerAs(type);
      await using unit = await session.open(lun);
      await testUnitReady(unit, RETRIES);
      expect(await inquiry(unit)).toMatchObject({ peripheralDeviceType: type, vendorIdentification: 'Linux', productIdentification: 'scsi_debug' });
      // The LUNs are those of the session, not those of the device behind.
      expect((await reportLuns(unit)).luns).toHaveLength(3);

      await using theirs = await other.open(lun);
      await testUnitReady(theirs, RETRIES);
      await persistentReserveOut.register(unit, { serviceActionKey: 1n });
      await persistentReserveOut.reserve(unit, { key: 1n, type: 3 });
      const refused = await theirs.execute({ cdb: type === 0 ? cdb.read10({ lba: 0, transferLength: 1 }) : Uint8Array.of(0x15, 0x10, 0, 0, 0, 0), ...(type === 0 ? { dataIn: new Uint8Array(512) } : {}) });
      expect([type, refused.status]).toEqual([type, STATUS.RESERVATION_CONFLICT]);
      await persistentReserveOut.clear(unit, { key: 1n });
    }

    await answerAs(0);
    await using unit = await session.open(0);
    await using theirs = await other.open(0);
    for (const each of [unit, theirs]) await testUnitReady(each, RETRIES);
    const { blockLength } = await readCapacity(unit);
    const data = Uint8Array.from({ length: 4 * blockLength }, (_, index) => (index * 3) & 0xff);
    await write(unit, { lba: 10n, blockLength, data });
    expect(Buffer.from(await read(theirs, { lba: 10n, blocks: 4, blockLength })).equals(data)).toBe(true);
    // What went through the core is on the device itself.
    await using direct = await SgDevice.open(disk!.sg ?? '');
    expect(Buffer.from(await read(direct, { lba: 10n, blocks: 4, blockLength, unitAttentionRetries: 8 })).equals(data)).toBe(true);

    await unit.reset('lun');
    const attention = await theirs.execute({ cdb: cdb.testUnitReady() });
    expect(tryDecodeSense(attention.sense)).toMatchObject({ senseKey: SENSE_KEY.UNIT_ATTENTION, additionalSenseCode: 0x29 });
  });

  it('are lent only where the machine does not use them itself', async () => {
    await using driver = await ScsiDebug.load({ max_luns: 2, dev_size_mb: 16 });
    await driver.waitFor(2);
    const [used, free] = await found(2);
    await mkdir('/tmp/used', { recursive: true });
    await run('mkfs.ext4', ['-q', used!.node ?? '']);
    await run('mount', [used!.node ?? '', '/tmp/used']);
    try {
      await expect(serving([used!.address])).rejects.toMatchObject({ code: 'IN_USE', message: expect.stringContaining('is mounted on /tmp/used') as string });
      await expect(serving(['99:0:0:0'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await using served = await serving('all');
      expect(served.lent.addresses).toEqual([free!.address]);
      expect(served.lent.leftOut.map(({ address }) => address)).toEqual([used!.address]);
    } finally {
      await run('umount', ['/tmp/used']);
    }
  });
});
