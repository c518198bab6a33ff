// What @scst/sg-io says of the machine's SCSI devices and of what holds them, against lsscsi, and against mounts, swap and device mapper themselves.
// @vm modules sg sd_mod sr_mod st ch dm_mod loop ext4
// @vm timeout 300
// @vm programs lsscsi mkfs.ext4:e2fsprogs dmsetup
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { awaitDevices, deleteDevice, deviceAt, type DiscoveredDevice, findUses, formatLsscsi, formatProcScsi, isReady, rescanDevice, rescanHost, scsiHosts } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

const run = promisify(execFile);
const DRIVERS = new Set(['sg', 'sd_mod', 'sr_mod', 'st', 'ch']);

/** Waits until the kernel has found so many devices, and its drivers have made their nodes. */
const found = async (count: number): Promise<DiscoveredDevice[]> => await awaitDevices((devices) => devices.length === count && devices.every((device) => isReady(device, DRIVERS)), { timeout: 60_000 });

type Command = readonly [program: string, ...args: string[]];

/** Does something that another command undoes, whatever happens in between: the module of the devices cannot be unloaded while they are in use. */
const during = async ([begin, ...beginWith]: Command, [end, ...endWith]: Command, body: () => Promise<void>): Promise<void> => {
  await run(begin, beginWith);
  try {
    await body();
  } finally {
    await run(end, endWith);
  }
};

const lacksProcScsi = !existsSync('/proc/scsi/scsi');
const lsscsi = (): string[] => execFileSync('lsscsi', ['-g'], { encoding: 'utf8' }).split('\n').slice(0, -1);

describe('devices of every type', () => {
  // scsi_debug is a zoned disk (14h) only from its loading on.
  const types = Array.from({ length: 31 }, (_, index) => index + 1).filter((type) => type !== 0x14);
  let driver: ScsiDebug;
  let devices: readonly DiscoveredDevice[];
  beforeAll(async () => {
    driver = await ScsiDebug.load({ max_luns: 3, num_tgts: 2 });
    await driver.set('max_luns', 1);
    await driver.set('num_tgts', 1);
    for (const type of types) {
      await driver.set('ptype', type);
      await driver.set('add_host', 1);
      // The type is read when the kernel's scan asks, which it does in the background.
      await awaitDevices((all) => all.some((device) => device.type === type), { timeout: 30_000 });
    }
    devices = await found(6 + types.length);
  });
  afterAll(async () => {
    await driver[Symbol.asyncDispose]();
  });

  it('are listed as lsscsi -g lists them', async () => {
    expect(devices).toHaveLength(6 + types.length);
    expect(formatLsscsi(devices)).toEqual(lsscsi());
    expect(devices.filter(({ node }) => node !== undefined).map(({ node }) => node)).toEqual(expect.arrayContaining(['/dev/sda', '/dev/st0', '/dev/sr0', '/dev/sch0']));
    expect((await scsiHosts()).filter(({ driver: name }) => name === 'scsi_debug')).toHaveLength(1 + types.length);
  });

  it.skipIf(lacksProcScsi)(`are listed as /proc/scsi/scsi lists them${lacksProcScsi ? ' (skipped: this kernel was built without CONFIG_SCSI_PROC_FS)' : ''}`, () => {
    expect(`${formatProcScsi(devices).join('\n')}\n`).toBe(readFileSync('/proc/scsi/scsi', 'utf8'));
  });
});

describe('devices', () => {
  it('carry what sysfs says of them, and go and come back when told', async () => {
    await using driver = await ScsiDebug.load({ max_luns: 2 });
    await driver.waitFor(2);
    const [device] = await found(2);
    expect(device).toMatchObject({ type: 0, vendor: 'Linux', model: 'scsi_debug', driver: 'sd', state: 'running', timeout: 30_000, bsg: `/dev/bsg/${device!.address}` });
    expect(device?.queueDepth).toBeGreaterThan(0);
    await rescanDevice(device!.address);
    await deleteDevice(device!.address);
    expect(await deviceAt(device!.address)).toBeUndefined();
    await rescanHost(device!.host);
    expect(await found(2)).toHaveLength(2);
    await expect(rescanHost(999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what holds a disk', () => {
  it('is told: a mount on a partition, swap, a mount of device mapper on it, and a process', async () => {
    await using driver = await ScsiDebug.load({ dev_size_mb: 64, num_parts: 2 });
    await driver.waitFor(1);
    const [disk] = await found(1);
    const node = disk?.node ?? '';
    const reasons = async (): Promise<string[]> => (await findUses([disk!])).map(({ reason }) => reason);
    expect(await reasons()).toEqual([]);

    await mkdir('/tmp/a b', { recursive: true });
    await run('mkfs.ext4', ['-q', `${node}1`]);
    await during(['mount', `${node}1`, '/tmp/a b'], ['umount', '/tmp/a b'], async () => {
      expect(await reasons()).toEqual([`${node}1 is mounted on /tmp/a b (ext4)`]);
    });

    await run('mkswap', [`${node}2`]);
    await during(['swapon', `${node}2`], ['swapoff', `${node}2`], async () => {
      expect(await reasons()).toEqual([`${node}2 is swap`]);
    });

    await during(['dmsetup', 'create', 'over', '--table', `0 40000 linear ${node}1 0`], ['dmsetup', 'remove', 'over'], async () => {
      const held = `the device-mapper device over (/dev/dm-0) is made of ${node}1`;
      expect(await reasons()).toEqual([held]);
      // Without udev there is no /dev/mapper/over.
      await run('mkfs.ext4', ['-q', '/dev/dm-0']);
      await during(['mount', '/dev/dm-0', '/tmp/a b'], ['umount', '/tmp/a b'], async () => {
        expect(await reasons()).toEqual([`/dev/dm-0 (the device-mapper device over on ${node}1) is mounted on /tmp/a b (ext4)`, held]);
      });
    });

    await using file = await open(disk?.sg ?? '', 'r+');
    expect(await reasons()).toEqual([expect.stringMatching(new RegExp(`^process ${process.pid} \\(.*\\) has ${disk?.sg ?? ''} open$`, 'u'))]);
    await file.close();
    expect(await reasons()).toEqual([]);
  });
});
