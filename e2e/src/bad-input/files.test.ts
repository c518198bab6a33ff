import { spawnSync } from 'node:child_process';
import { mkdir, truncate } from 'node:fs/promises';
import { type Scst } from '@scst/local';
import { cdb, type LogicalUnit, persistentReserveIn, persistentReserveOut, read, readCapacity, ScsiError, synchronizeCache, testUnitReady, write } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK, blockOf, sequenceOf } from '../durability/ledger.js';
import { type ServerProcess } from '../durability/server-process.js';
import { defaultSession, exportFile, TARGET, Workplace } from '../durability/workplace.js';

/** A mount namespace, and for other users than root the user namespace that allows it. */
const NAMESPACE = ['unshare', ...(process.geteuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'])];

/** Mounts in the server's own namespace: `full`, with room for little, and `fixed`, which cannot be written. They go with it. */
const MOUNTS = `mount -t tmpfs -o size=512k none "$0/full" && truncate -s 8M "$0/full/disk" &&
mount -t tmpfs -o size=512k none "$0/fixed" && truncate -s 64k "$0/fixed/disk" && mount -o remount,ro "$0/fixed" && exec "$@"`;

const [unshare = 'unshare', ...flags] = NAMESPACE;
const canMount = spawnSync(unshare, [...flags, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0;
if (!canMount) process.stderr.write('full and read-only file systems: skipped, since this user may not mount\n');

let place: Workplace;
let server: ServerProcess;
let scst: Scst;

beforeAll(async () => {
  place = await Workplace.create();
  await Promise.all(['full', 'fixed'].map((name) => mkdir(place.path(name))));
  server = await place.serve(canMount ? { under: [...NAMESPACE, 'sh', '-c', MOUNTS, place.directory], stateDirectory: place.path('full', 'state') } : {});
  scst = await place.connect();
});

afterAll(async () => {
  await scst.close();
  await server.stop();
  await place[Symbol.asyncDispose]();
});

const add = (filename: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> => scst.handler('vdisk_fileio').add('bad', { filename, ...parameters });

const openQuiet = async (number: number): Promise<LogicalUnit> => {
  const lun = await defaultSession(scst).open(number);
  for (let attempt = 0; attempt < 3; attempt++) await testUnitReady(lun).catch(() => undefined);
  return lun;
};

const senseOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof ScsiError)) throw new Error(`no SCSI error: ${String(error)}`);
  const { senseKey = 0, additionalSenseCode = 0, additionalSenseCodeQualifier = 0 } = error.decodedSense ?? {};
  return [senseKey, additionalSenseCode, additionalSenseCodeQualifier].map((value) => value.toString(16)).join('/');
};

describe('a backing file', () => {
  it('that is missing is refused, by name and with what to do', async () => {
    await expect(add(place.path('nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
    const { exit, stderr } = await place.cli('device', 'add', 'bad', '--file', 'nowhere');
    expect(exit).toBe(1);
    expect(stderr).toMatch(/nowhere.*does not exist.*ENOENT|does not exist.*ENOENT/);
    expect(await scst.devices()).toEqual([]);
  });

  it('that is a directory, or has no absolute path, is refused', async () => {
    await expect(add(place.directory)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(add('relative')).rejects.toMatchObject({ code: 'EINVAL' });
    expect((await place.cli('device', 'add', 'bad', '--file', place.directory)).exit).toBe(1);
    expect(await scst.devices()).toEqual([]);
  });

  it('that is no block device is refused by vdisk_blockio', async () => {
    const filename = await place.file('plain', 4096);
    await expect(scst.handler('vdisk_blockio').add('bad', { filename })).rejects.toMatchObject({ code: 'ENOTBLK' });
    const { exit, stderr } = await place.cli('device', 'add', 'bad', '--handler', 'vdisk_blockio', '--file', filename);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('not a block device')]);
  });

  it('smaller than a block makes a device of no blocks, which the command line says', async () => {
    const filename = await place.file('small', 100);
    const { exit, stderr } = await place.cli('device', 'add', 'small', '--file', filename);
    expect([exit, stderr]).toEqual([0, expect.stringContaining('small has no blocks')]);
    await scst.driver().target(TARGET).luns.add('small', 7);
    const lun = await openQuiet(7);
    await expect(read(lun, { lba: 0, blocks: 1, blockLength: BLOCK })).rejects.toMatchObject({ code: 'CHECK_CONDITION' });
    await scst.device('small').remove({ force: true });
  });

  it('whose end no block reaches loses that end, which the command line says', async () => {
    const filename = await place.file('odd', 4096 + 100);
    const { exit, stderr } = await place.cli('device', 'add', 'odd', '--file', filename);
    expect([exit, stderr]).toEqual([0, expect.stringContaining('the last 100 bytes')]);
    await scst.driver().target(TARGET).luns.add('odd', 7);
    const lun = await openQuiet(7);
    expect(await readCapacity(lun)).toMatchObject({ blockCount: 8n, blockLength: BLOCK });
    await scst.device('odd').remove({ force: true });
  });

  it.skipIf(!canMount)('that cannot be written is refused with the errno, and taken as a read-only device', async () => {
    const filename = place.path('fixed', 'disk');
    await expect(add(filename)).rejects.toMatchObject({ code: 'EROFS' });
    const { exit, stderr } = await place.cli('device', 'add', 'bad', '--handler', 'vdisk_fileio', '--file', filename);
    expect([exit, stderr]).toEqual([1, expect.stringMatching(/read-only[^]*EROFS/)]);
    await exportFile(scst, 'bad', filename, 6, { read_only: '1' });
    const lun = await openQuiet(6);
    expect(await read(lun, { lba: 0, blocks: 1, blockLength: BLOCK })).toEqual(new Uint8Array(BLOCK));
    expect(await senseOf(write(lun, { lba: 0, data: new Uint8Array(BLOCK), blockLength: BLOCK }))).toBe('7/0/0');
    await scst.device('bad').remove({ force: true });
  });

  it('that shrinks under a device fails the reads behind its end, and those alone', async () => {
    const filename = await place.file('shrinking', 64 * BLOCK);
    await exportFile(scst, 'shrinking', filename, 5);
    const lun = await openQuiet(5);
    await write(lun, { lba: 0, data: blockOf(0, 1), blockLength: BLOCK });
    await truncate(filename, 32 * BLOCK + 10);
    expect(await senseOf(read(lun, { lba: 40, blocks: 1, blockLength: BLOCK }))).toBe('3/11/0');
    // One that begins before the end and goes over it fails as a whole.
    expect(await senseOf(read(lun, { lba: 30, blocks: 4, blockLength: BLOCK }))).toBe('3/11/0');
    await testUnitReady(lun);
    expect(sequenceOf(0, await read(lun, { lba: 0, blocks: 1, blockLength: BLOCK }))).toBe(1);
    await read(lun, { lba: 31, blocks: 1, blockLength: BLOCK });
    await truncate(filename, 64 * BLOCK);
    expect(await read(lun, { lba: 40, blocks: 1, blockLength: BLOCK })).toEqual(new Uint8Array(BLOCK));
    await scst.device('shrinking').remove({ force: true });
  });
});

describe.skipIf(!canMount)('a full file system', () => {
  it('fails the write with SPACE ALLOCATION FAILED, and keeps what was acknowledged', async () => {
    await exportFile(scst, 'full', place.path('full', 'disk'), 4);
    const lun = await openQuiet(4);
    const blocks = 64;
    let sequence = 0;
    let failure: unknown;
    while (failure === undefined && sequence < 256) {
      const lba = sequence * blocks;
      const data = Buffer.concat(Array.from({ length: blocks }, (_, index) => blockOf(lba + index, sequence + 1)));
      try {
        await write(lun, { lba, data, blockLength: BLOCK });
        sequence += 1;
      } catch (error) {
        failure = error;
      }
    }
    expect(sequence).toBeGreaterThan(4);
    expect(await senseOf(Promise.reject(failure as Error))).toBe('7/27/7');
    await synchronizeCache(lun);
    for (let at = 0; at < sequence; at++) {
      const found = await read(lun, { lba: at * blocks, blocks, blockLength: BLOCK });
      for (let index = 0; index < blocks; index++) expect(sequenceOf(at * blocks + index, found.subarray(index * BLOCK, (index + 1) * BLOCK))).toBe(at + 1);
    }
    // What is there can be written again.
    await write(lun, { lba: 0, data: blockOf(0, 1), blockLength: BLOCK, fua: true });
  });

  it('in which a registration cannot be saved refuses it, has the server say so, and registers nobody', async () => {
    const lun = await openQuiet(4);
    // The rest of the room, to the last page.
    for (let lba = 8192; lba < 8192 + 1024; lba++) {
      if (await write(lun, { lba, data: blockOf(lba, 1), blockLength: BLOCK }).then(() => false, () => true)) break;
    }
    const registering = persistentReserveOut.register(lun, { serviceActionKey: 9n, activatePersistThroughPowerLoss: true });
    expect(await senseOf(registering)).toBe('5/55/4');
    expect((await persistentReserveIn.readKeys(lun)).keys).toEqual([]);
    await expect.poll(() => server.stderr, { timeout: 5000 }).toMatch(/persistent reservations of device full could not be saved: .*ENOSPC/);
    const { status } = await lun.execute({ cdb: cdb.testUnitReady() });
    expect(status).toBe(0);
  });
});
