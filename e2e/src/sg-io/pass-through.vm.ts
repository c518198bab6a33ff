// Real SCSI devices through the pass-through handlers of the core: scsi_debug as a device of every type that has a handler.
// @vm modules sg sd_mod sr_mod st ch ext4
// @vm timeout 300
// @vm programs mkfs.ext4:e2fsprogs
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { coreConnection, createCore, lendScsiDevices, type LentDevices, Scst } from '@scst/local';
import { cdb, inquiry, type LogicalUnit, persistentReserveOut, read, readCapacity, reportLuns, SENSE_KEY, STATUS, testUnitReady, tryDecodeSense, write } from '@scst/scsi';
import { awaitDevices, deleteDevice, type DiscoveredDevice, isReady, SgDevice } from '@scst/sg-io';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../vm/guest/in-flight.js';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

const run = promisify(execFile);
const RETRIES = { unitAttentionRetries: 8 };
const DRIVERS = new Set(['sg', 'sd_mod', 'sr_mod', 'st', 'ch']);

const found = async (count: number): Promise<DiscoveredDevice[]> => await awaitDevices((devices) => devices.length === count && devices.every((device) => isReady(device, DRIVERS)), { timeout: 60_000 });

/** Types of devices beside the disk, each with its handler. */
const OTHERS = [[1, 'dev_tape'], [8, 'dev_changer'], [5, 'dev_cdrom'], [7, 'dev_modisk'], [3, 'dev_processor'], [12, 'dev_raid']] as const;

/** SCST has no persistent reservations for CD-ROM drives: to them it passes the command, and they know it as little. */
const CD = 5;
const MODE_SELECT_NOTHING = Uint8Array.of(0x15, 0x10, 0, 0, 0, 0);
const [RESERVE_6, RELEASE_6] = [Uint8Array.of(0x16, 0, 0, 0, 0, 0), Uint8Array.of(0x17, 0, 0, 0, 0, 0)];

const reserve = async (unit: LogicalUnit, type: number): Promise<void> => {
  if (type === CD) {
    await expect(persistentReserveOut.register(unit, { serviceActionKey: 1n })).rejects.toMatchObject({ message: expect.stringContaining('INVALID COMMAND OPERATION CODE') as string });
    expect((await unit.execute({ cdb: RESERVE_6 })).status).toBe(STATUS.GOOD);
    return;
  }
  await persistentReserveOut.register(unit, { serviceActionKey: 1n });
  await persistentReserveOut.reserve(unit, { key: 1n, type: 3 });
};

const release = async (unit: LogicalUnit, type: number): Promise<void> => {
  if (type === CD) expect((await unit.execute({ cdb: RELEASE_6 })).status).toBe(STATUS.GOOD);
  else await persistentReserveOut.clear(unit, { key: 1n });
};

/** A core with the modules of pass-through handlers, and devices lent to it. */
const serving = async (addresses: readonly string[] | 'all'): Promise<AsyncDisposable & { scst: Scst; lent: LentDevices }> => {
  const core = createCore({ stateDirectory: '/tmp/scst-state' });
  for (const module of ['scst', 'scst_vdisk', 'scst_local', 'scst_disk', 'scst_tape', 'scst_changer', 'scst_cdrom', 'scst_modisk', 'scst_processor', 'scst_raid']) await core.modules.load(module);
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
    for (const [index, [type]] of OTHERS.entries()) {
      await answerAs(type);
      await driver.set('add_host', 1);
      await found(2 + index);
    }
    const all = await found(1 + OTHERS.length);
    const [disk] = all;
    await using served = await serving(all.map(({ address }) => address));
    const { scst } = served;
    expect((await scst.devices()).map(({ name }) => name)).toEqual(all.map(({ address }) => address));
    expect(await scst.device(disk!.address).handler()).toBeUndefined();
    expect(await scst.tree.readlink(`devices/${disk!.address}/scsi_device`)).toBe(`../../../../${disk!.sysfsPath}/scsi_device/${disk!.address}`);
    await expect(scst.handler('dev_tape').add(disk!.address)).rejects.toMatchObject({ code: 'EINVAL' });

    const target = scst.driver().target('scst_local_tgt');
    const session = target.session('scst_local_host');
    const kinds = [[0, 'dev_disk'], ...OTHERS] as const;
    for (const [lun, [type, handler]] of kinds.entries()) {
      const { address } = all[lun]!;
      await answerAs(type);
      await scst.handler(handler).add(address);
      await target.luns.add(address, lun);
      expect(await session.devices()).toHaveLength(lun + 1);
      expect((await session.devices())[lun]).toMatchObject({ lun, type, vendor: 'Linux', model: 'scsi_debug' });
    }
    const other = await target.addSession('second');

    for (const [lun, [type]] of kinds.entries()) {
      await answerAs(type);
      await using unit = await session.open(lun);
      await testUnitReady(unit, RETRIES);
      expect(await inquiry(unit)).toMatchObject({ peripheralDeviceType: type, vendorIdentification: 'Linux', productIdentification: 'scsi_debug' });
      // The LUNs are those of the session, not those of the device behind.
      expect((await reportLuns(unit)).luns).toHaveLength(kinds.length);

      await using theirs = await other.open(lun);
      await testUnitReady(theirs, RETRIES);
      await reserve(unit, type);
      const refused = await theirs.execute({ cdb: type === 0 ? cdb.read10({ lba: 0, transferLength: 1 }) : MODE_SELECT_NOTHING, ...(type === 0 ? { dataIn: new Uint8Array(512) } : {}) });
      expect([type, refused.status]).toEqual([type, STATUS.RESERVATION_CONFLICT]);
      await release(unit, type);
      await testUnitReady(theirs, RETRIES);
      expect([type, (await theirs.execute({ cdb: MODE_SELECT_NOTHING })).status]).not.toEqual([type, STATUS.RESERVATION_CONFLICT]);
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

  it('that are unplugged under commands end them with sense, and the session lives on', async () => {
    await using driver = await ScsiDebug.load();
    const [disk] = await found(1);
    await using served = await serving([disk!.address]);
    const { scst } = served;
    await scst.handler('dev_disk').add(disk!.address);
    await scst.handler('vdisk_nullio').add('other');
    const { luns } = scst.driver().target('scst_local_tgt');
    await luns.add(disk!.address, 0);
    await luns.add('other', 1);
    const session = scst.driver().target('scst_local_tgt').session('scst_local_host');
    await using unit = await session.open(0);
    await using other = await session.open(1);
    for (const each of [unit, other]) await testUnitReady(each, RETRIES);
    // 500 ticks of 4 ms: they are in flight when the device goes.
    await driver.set('delay', 500);
    const inFlight = await InFlight.of(`/sys/bus/scsi/devices/${disk!.address}`);
    const reads = Array.from({ length: 8 }, (_, lba) => unit.execute({ cdb: cdb.read10({ lba, transferLength: 1 }), dataIn: new Uint8Array(512) }));
    await inFlight.reaches(1);
    await deleteDevice(disk!.address);
    for (const { status, sense } of await Promise.all(reads)) if (status !== STATUS.GOOD) expect([status, tryDecodeSense(sense)?.senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.HARDWARE_ERROR]);
    const gone = await unit.execute({ cdb: cdb.testUnitReady() });
    expect([gone.status, tryDecodeSense(gone.sense)?.senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.HARDWARE_ERROR]);
    expect((await other.execute({ cdb: cdb.testUnitReady() })).status).toBe(STATUS.GOOD);
    await luns.remove(0);
    expect((await reportLuns(other, RETRIES)).luns).toHaveLength(1);
  });
});
