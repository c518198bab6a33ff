// Devices of other kinds than a plain disk: tape, medium changer, disks with protection information.
// @vm modules sg
import { cdb, decodeSense, inquiry, PERIPHERAL_DEVICE_TYPE, read, readCapacity16, SENSE_KEY, STATUS, write } from '@scst/scsi';
import { SgDevice } from '@scst/sg-io';
import { describe, expect, it } from 'vitest';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

/** A command of tapes (SSC-5 7.11) that scsi_debug does not know. */
const REPORT_DENSITY_SUPPORT = Uint8Array.of(0x44, 0, 0, 0, 0, 0, 0, 0, 64, 0);

const open = async (driver: ScsiDebug, kind: 'sg' | 'bsg'): Promise<SgDevice> => {
  const device = await SgDevice.open((await driver.device())[kind]);
  // Power on is told of first.
  for (let attempt = 0; attempt < 8 && (await device.execute({ cdb: cdb.testUnitReady() })).status !== STATUS.GOOD; attempt++);
  return device;
};

describe.each(['sg', 'bsg'] as const)('through %s', (kind) => {
  it('talks to a tape', async () => {
    await using driver = await ScsiDebug.load({ ptype: 1 });
    await using tape = await open(driver, kind);
    expect((await inquiry(tape)).peripheralDeviceType).toBe(PERIPHERAL_DEVICE_TYPE.SEQUENTIAL_ACCESS);
    const unknown = await tape.execute({ cdb: REPORT_DENSITY_SUPPORT, dataIn: new Uint8Array(64) });
    expect([unknown.status, decodeSense(unknown.sense).senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.ILLEGAL_REQUEST]);
  });

  it('talks to a medium changer', async () => {
    await using driver = await ScsiDebug.load({ ptype: 8 });
    await using changer = await open(driver, kind);
    expect((await inquiry(changer)).peripheralDeviceType).toBe(PERIPHERAL_DEVICE_TYPE.MEDIA_CHANGER);
  });

  it.each([1, 3])('reads and writes a disk with protection information of type %d, and is told of what does not match', async (type) => {
    await using driver = await ScsiDebug.load({ dif: type, dix: 1, dev_size_mb: 8 });
    await using disk = await open(driver, kind);
    const capacity = await readCapacity16(disk);
    expect([capacity.protectionEnabled, capacity.protectionType]).toEqual([true, type - 1]);
    const content = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7) & 0xff);
    await write(disk, { lba: 8, blockLength: 512, data: content });
    expect(Buffer.from(await read(disk, { lba: 8, blocks: 8, blockLength: 512 })).equals(content)).toBe(true);
    // SDEBUG_OPT_DIF_ERR
    await driver.set('opts', 0x20);
    await driver.set('every_nth', 1);
    const result = await disk.execute({ cdb: cdb.read10({ lba: 8, transferLength: 1 }), dataIn: new Uint8Array(512) });
    expect(decodeSense(result.sense)).toMatchObject({ senseKey: SENSE_KEY.ABORTED_COMMAND, additionalSenseCode: 0x10 });
  });

  it('carries CDBs of 32 bytes, which a disk with protection information of type 2 takes', async () => {
    await using driver = await ScsiDebug.load({ dif: 2, dev_size_mb: 8 });
    await using disk = await open(driver, kind);
    expect((await readCapacity16(disk)).protectionType).toBe(1);
    const content = Uint8Array.from({ length: 1024 }, (_, at) => (at * 11) & 0xff);
    const place = { lba: 40n, transferLength: 2, expectedInitialReferenceTag: 40 };
    const write32 = await disk.execute({ cdb: cdb.write32(place), dataOut: content });
    expect([write32.status, write32.sense]).toEqual([STATUS.GOOD, new Uint8Array(0)]);
    const read32 = await disk.execute({ cdb: cdb.read32(place), dataIn: new Uint8Array(1024) });
    expect(read32.status).toBe(STATUS.GOOD);
    expect(Buffer.from(read32.dataIn).equals(content)).toBe(true);
    expect(Buffer.from(await read(disk, { lba: 40, blocks: 2, blockLength: 512 })).equals(content)).toBe(true);
    const beyond = await disk.execute({ cdb: cdb.read32({ ...place, lba: 2n ** 40n }), dataIn: new Uint8Array(1024) });
    expect([beyond.status, decodeSense(beyond.sense).senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.ILLEGAL_REQUEST]);
  });
});
