// What the doctor finds on a real kernel: file systems, swap, loop devices, files and states of disks. The SCST is a core, and disks of scsi_debug
// stand where the kernel's SCST would have made disks of its LUNs.
// @vm modules sg sd_mod loop ext4
// @vm programs mkfs.ext4:e2fsprogs losetup:util-linux
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coreConnection, createCore, diagnose, lendScsiDevices, Scst } from '@scst/local';
import { awaitDevices, findUses, isReady } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { succeed } from '../kernel/standin.js';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

const TARGET = 'scst_local_tgt';
const SESSION = `targets/scst_local/${TARGET}/sessions/scst_local_host`;
const DRIVERS = new Set(['sg', 'sd_mod']);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-doctor-'));
  await mkdir(join(directory, 'mounted'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const image = async (path: string): Promise<string> => {
  await writeFile(path, '');
  await truncate(path, 1 << 20);
  return path;
};

/** Two disks of the machine, LUN 0 and LUN 1 of the default session: a file device, and what may be put under pages. */
const withDisks = async (use: (machine: { readonly scst: Scst; readonly disks: readonly { readonly node: string; readonly address: string }[]; readonly found: () => Promise<string[]> }) => Promise<void>): Promise<void> => {
  await using driver = await ScsiDebug.load({ max_luns: 2, dev_size_mb: 16 });
  await driver.waitFor(2);
  const disks = await awaitDevices((devices) => devices.length === 2 && devices.every((device) => isReady(device, DRIVERS)), { timeout: 60_000 });
  const core = createCore({ stateDirectory: join(directory, 'state') });
  for (const module of ['scst', 'scst_vdisk', 'scst_local', 'scst_disk']) await core.modules.load(module);
  const own = coreConnection(core, () => core.close());
  // The host's number is that of the session, whatever scsi_debug got.
  const scsiDevices = async (): Promise<Awaited<ReturnType<typeof own.scsiDevices>>> => (await awaitDevices(() => true, { timeout: 1000 })).map((device) => ({ ...device, host: 0 }));
  await using scst = Scst.over({ ...own, kind: 'kernel', scsiDevices, usesOf: findUses });
  await scst.handler('vdisk_fileio').add('file', { filename: await image(join(directory, 'file.img')) });
  await scst.handler('vdisk_nullio').add('other');
  const { luns } = scst.driver().target(TARGET);
  await luns.add('file', 0);
  await luns.add('other', 1);
  const nodes = disks.map(({ address, node }) => ({ address, node: node ?? '' }));
  await use({ scst, disks: nodes, found: async () => (await diagnose(scst)).map(({ code, subject, message }) => `${code} ${subject}: ${message}`) });
};

describe('the doctor on a real kernel', () => {
  it('finds a file system, and backing files on it, and nothing once it is unmounted', async () => {
    await withDisks(async ({ scst, disks: [disk], found }) => {
      const folder = join(directory, 'mounted');
      expect(await found()).toEqual([]);
      await succeed('mkfs.ext4', '-q', disk!.node);
      await succeed('mount', disk!.node, folder);
      try {
        await scst.handler('vdisk_fileio').add('deep', { filename: await image(join(folder, 'deep.img')) });
        expect(await found()).toEqual([
          expect.stringContaining(`memory-deadlock file: ${disk!.node} is mounted on ${folder} (ext4); the device file is of the handler vdisk_fileio`),
          `backing-loop deep: the file ${join(folder, 'deep.img')} of the device deep lies on ${folder}, which is mounted from the device file`,
        ]);
        await scst.device('deep').remove();
      } finally {
        await succeed('umount', folder);
      }
      expect(await found()).toEqual([]);
    });
  });

  it('finds swap, loop devices, and devices that are made of the SCST’s own disks', async () => {
    await withDisks(async ({ scst, disks: [first, second], found }) => {
      await succeed('mkswap', second!.node);
      await succeed('swapon', second!.node);
      const loop = (await succeed('losetup', '-f', '--show', first!.node)).trim();
      try {
        await scst.handler('vdisk_blockio').add('stacked', { filename: loop });
        expect((await found()).sort()).toEqual([
          `backing-loop stacked: the file ${loop} of the device stacked is made of the device file`,
          expect.stringContaining(`memory-deadlock file: the loop device ${loop.slice(5)} (${loop}) is made of ${first!.node}; `),
          expect.stringContaining(`memory-deadlock other: ${second!.node} is swap; `),
        ]);
        await scst.device('stacked').remove();
      } finally {
        await succeed('losetup', '-d', loop);
        await succeed('swapoff', second!.node);
      }
      expect(await found()).toEqual([]);
    });
  });

  it('finds disks that do not run, disks left over, and LUNs without a disk', async () => {
    await withDisks(async ({ scst, disks: [first, second], found }) => {
      const state = `/sys/bus/scsi/devices/${first!.address}/state`;
      await writeFile(state, 'offline\n');
      expect(await found()).toEqual([`device-state ${first!.address}: the SCSI device ${first!.address} is not running: it is offline`]);
      await writeFile(state, 'running\n');
      await scst.driver().target(TARGET).luns.remove(1);
      expect(await found()).toEqual([`device-left-over ${second!.address}: the SCSI device ${second!.address} is of LUN 1, which the session ${TARGET}/scst_local_host does not see any more`]);
      await writeFile(`/sys/bus/scsi/devices/${second!.address}/delete`, '1');
      expect(await found()).toEqual([]);
      await scst.driver().target(TARGET).luns.add('other', 1);
      expect(await found()).toEqual([expect.stringContaining(`lun-not-found ${SESSION}: the machine has found no SCSI device for LUN 1`)]);
    });
  });

  it('finds a device that is passed through without its handler, and nothing wrong with it once it has that', async () => {
    await using driver = await ScsiDebug.load();
    const { address } = await driver.device();
    const core = createCore({ stateDirectory: join(directory, 'state') });
    for (const module of ['scst', 'scst_local', 'scst_disk']) await core.modules.load(module);
    await using scst = Scst.over(coreConnection(core, () => core.close()));
    await using lent = await lendScsiDevices(core, [address]);
    const { luns } = scst.driver().target(TARGET);
    await luns.add(address, 0);
    expect((await diagnose(scst))[0]).toMatchObject({ code: 'no-handler', subject: address });
    await luns.remove(0);
    await scst.handler('dev_disk').add(address);
    await luns.add(address, 0);
    expect(await diagnose(scst)).toEqual([]);
    expect(lent.addresses).toEqual([address]);
  });
});
