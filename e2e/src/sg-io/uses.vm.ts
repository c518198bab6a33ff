// What holds a SCSI device of the machine, one way after the other, also where it hardly shows: in other namespaces, under other names, in no table.
// @vm modules sg sd_mod sr_mod st ch dm_mod md_mod raid1 loop ext4 overlay btrfs configfs target_core_mod target_core_file target_core_iblock nvmet
// @vm timeout 400
// @vm programs mkfs.ext4:e2fsprogs dmsetup losetup:util-linux unshare:util-linux busybox:busybox-static
import { constants, existsSync } from 'node:fs';
import { mkdir, open, readFile, rmdir, writeFile } from 'node:fs/promises';
import { awaitDevices, claimDisks, deleteDevice, type DiscoveredDevice, findUses, isReady } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, succeed } from '../kernel/standin.js';
import { holding } from '../vm/guest/holder.js';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';

const DRIVERS = new Set(['sg', 'sd_mod', 'sr_mod', 'st', 'ch']);
const PLACE = '/tmp/uses';

const ready = async (): Promise<DiscoveredDevice> => {
  const [device] = await awaitDevices((devices) => devices.length === 1 && devices.every((one) => isReady(one, DRIVERS)), { timeout: 60_000 });
  if (device === undefined) throw new Error('there is no device');
  return device;
};
const reasons = async (device: DiscoveredDevice): Promise<string[]> => (await findUses([device])).map(({ reason }) => reason);

describe('a disk of two partitions is told to be held', () => {
  let driver: ScsiDebug;
  let disk: DiscoveredDevice;
  let node: string;
  beforeAll(async () => {
    await mkdir(`${PLACE}/a`, { recursive: true });
    driver = await ScsiDebug.load({ dev_size_mb: 64, num_parts: 2 });
    disk = await ready();
    node = disk.node ?? '';
    await eventually('there are partitions', () => Promise.resolve(existsSync(`${node}2`) || undefined));
    await succeed('mkfs.ext4', '-q', `${node}1`);
    expect(await reasons(disk)).toEqual([]);
  });
  afterAll(async () => {
    expect(await reasons(disk)).toEqual([]);
    await driver[Symbol.asyncDispose]();
  });

  it('by a mount that only another mount namespace sees', async () => {
    await holding(['unshare', '-m'], `mount ${node}1 ${PLACE}/a`, async (pid) => {
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(node);
      expect(await reasons(disk)).toEqual([`${node}1 is mounted on ${PLACE}/a (ext4), as process ${pid} sees it`]);
    });
  });

  it('by a mount in a mount namespace that no process is in', async () => {
    await mkdir(`${PLACE}/kept`, { recursive: true });
    await succeed('mount', '-t', 'tmpfs', 'kept', `${PLACE}/kept`);
    await succeed('mount', '--make-private', `${PLACE}/kept`);
    await writeFile(`${PLACE}/kept/namespace`, '');
    await succeed('unshare', `--mount=${PLACE}/kept/namespace`, 'mount', `${node}1`, `${PLACE}/a`);
    try {
      expect(await reasons(disk)).toEqual([expect.stringContaining(`${node} is taken by somebody who does not show`)]);
    } finally {
      await succeed('umount', `${PLACE}/kept/namespace`);
      await succeed('umount', `${PLACE}/kept`);
    }
    await eventually('it is free', async () => ((await reasons(disk)).length === 0 ? true : undefined));
  });

  it('by a file system that was unmounted while a file of it was open', async () => {
    await succeed('mount', `${node}1`, `${PLACE}/a`);
    const file = await open(`${PLACE}/a/file`, 'w');
    await succeed('umount', '-l', `${PLACE}/a`);
    expect(await reasons(disk)).toEqual([expect.stringContaining(`${node} is taken by somebody who does not show`)]);
    await file.close();
    await eventually('it is free', async () => ((await reasons(disk)).length === 0 ? true : undefined));
  });

  it('by a process of a container, which has a root, numbers and nodes of its own', async () => {
    const number = (await readFile(`/sys/class/block/${node.slice(5)}2/dev`, 'utf8')).trim().replace(':', ' ');
    const container = `mount -t tmpfs own ${PLACE}/a && cp $(command -v busybox) ${PLACE}/a/busybox && mknod ${PLACE}/a/mine b ${number} && cd ${PLACE}/a && exec chroot . /busybox sh -c 'exec 3</mine; echo ready; exec /busybox sleep 1000'`;
    await holding(['unshare', '-m', '-p', '-f', '--kill-child', '--mount-proc'], container, async () => {
      expect(await reasons(disk)).toEqual([expect.stringMatching(new RegExp(`^process \\d+ \\(busybox\\) has ${node}2 open$`, 'u'))]);
    });
  });

  it.each(['node', 'sg', 'bsg'] as const)('by a process of another pid namespace that has its %s node open', async (kind) => {
    const path = disk[kind] ?? '';
    await holding(['unshare', '-p', '-f', '--kill-child', '--mount-proc'], `exec 3<${path}`, async () => {
      expect(await reasons(disk)).toEqual([expect.stringMatching(new RegExp(`^process \\d+ \\(sleep\\) has ${path} open$`, 'u'))]);
    });
  });

  it('by an LVM volume on a partition', async () => {
    await succeed('dmsetup', 'create', 'vg-lv', '--uuid', 'LVM-abcdef', '--table', `0 2048 linear ${node}2 0`);
    try {
      expect(await reasons(disk)).toEqual([`the LVM volume vg-lv (/dev/dm-0) is made of ${node}2`]);
    } finally {
      await succeed('dmsetup', 'remove', 'vg-lv');
    }
  });

  it('by a RAID array, whether it runs or not', async () => {
    const array = '/sys/block/md_uses/md';
    const number = (await readFile(`/sys/class/block/${node.slice(5)}2/dev`, 'utf8')).trim();
    await writeFile('/sys/module/md_mod/parameters/new_array', 'md_uses');
    const set = (name: string, value: string): Promise<void> => writeFile(`${array}/${name}`, value);
    try {
      await set('level', 'raid1');
      await set('raid_disks', '2');
      await set('new_dev', number);
      expect(await reasons(disk)).toEqual([`the RAID array md_uses (raid1) (/dev/md_uses) is made of ${node}2`]);
      await set(`dev-${node.slice(5)}2/slot`, '0');
      await set('component_size', '4096');
      await set('array_state', 'active');
      await succeed('mkfs.ext4', '-q', '/dev/md_uses');
      await succeed('mount', '/dev/md_uses', `${PLACE}/a`);
      expect(await reasons(disk)).toEqual([
        `/dev/md_uses (the RAID array md_uses (raid1) on ${node}2) is mounted on ${PLACE}/a (ext4)`,
        `the RAID array md_uses (raid1) (/dev/md_uses) is made of ${node}2`,
      ]);
      await succeed('umount', `${PLACE}/a`);
    } finally {
      await set('array_state', 'clear');
    }
    await eventually('it is free', async () => ((await reasons(disk)).length === 0 ? true : undefined));
  });

  it('by a loop device on a partition, and by a mount of that', async () => {
    const loop = (await succeed('losetup', '-f', '--show', `${node}1`)).trim();
    const held = `the loop device ${loop.slice(5)} (${loop}) is made of ${node}1`;
    try {
      expect(await reasons(disk)).toEqual([held]);
      await succeed('mount', loop, `${PLACE}/a`);
      expect(await reasons(disk)).toEqual([`${loop} (the loop device ${loop.slice(5)} on ${node}1) is mounted on ${PLACE}/a (ext4)`, held]);
      await succeed('umount', `${PLACE}/a`);
    } finally {
      await succeed('losetup', '-d', loop);
    }
  });
});

describe('a disk is told to be used by what lies on a file system of it', () => {
  let driver: ScsiDebug;
  let disk: DiscoveredDevice;
  let node: string;
  let mounted: string;
  beforeAll(async () => {
    for (const folder of ['fs', 'inner', 'lower', 'merged']) await mkdir(`${PLACE}/${folder}`, { recursive: true });
    driver = await ScsiDebug.load({ dev_size_mb: 128 });
    disk = await ready();
    node = disk.node ?? '';
    await succeed('mkfs.ext4', '-q', node);
    await succeed('mount', node, `${PLACE}/fs`);
    mounted = `${node} is mounted on ${PLACE}/fs (ext4)`;
  });
  afterAll(async () => {
    await succeed('umount', `${PLACE}/fs`);
    expect(await reasons(disk)).toEqual([]);
    await driver[Symbol.asyncDispose]();
  });

  it('a swap file', async () => {
    const file = `${PLACE}/fs/swapfile`;
    await writeFile(file, new Uint8Array(1 << 20), { mode: 0o600 });
    await succeed('mkswap', file);
    await succeed('swapon', file);
    try {
      expect(await reasons(disk)).toEqual([mounted, `${node} has the swap file ${file}`]);
    } finally {
      await succeed('swapoff', file);
    }
  });

  it('a loop device of a file, and a file system on that', async () => {
    const file = `${PLACE}/fs/image`;
    await writeFile(file, new Uint8Array(8 << 20));
    await succeed('mkfs.ext4', '-q', file);
    const loop = (await succeed('losetup', '-f', '--show', file)).trim();
    await succeed('mount', loop, `${PLACE}/inner`);
    const made = `the loop device ${loop.slice(5)} of the file ${file}`;
    try {
      expect(await reasons(disk)).toEqual([mounted, `${loop} (${made} on ${node}) is mounted on ${PLACE}/inner (ext4)`, `${made} (${loop}) is made of ${node}`]);
    } finally {
      await succeed('umount', `${PLACE}/inner`);
      await succeed('losetup', '-d', loop);
    }
  });

  it('a layer of an overlay', async () => {
    for (const folder of ['upper', 'work']) await mkdir(`${PLACE}/fs/${folder}`, { recursive: true });
    await succeed('mount', '-t', 'overlay', '-o', `lowerdir=${PLACE}/lower,upperdir=${PLACE}/fs/upper,workdir=${PLACE}/fs/work`, 'overlay', `${PLACE}/merged`);
    try {
      expect(await reasons(disk)).toEqual([mounted, `${node} has a layer of the overlay on ${PLACE}/merged`]);
    } finally {
      await succeed('umount', `${PLACE}/merged`);
    }
  });

  it('a bind mount of a part of it', async () => {
    await succeed('mount', '--bind', `${PLACE}/fs`, `${PLACE}/inner`);
    try {
      expect(await reasons(disk)).toEqual([mounted, `${node} is mounted on ${PLACE}/inner (ext4)`]);
    } finally {
      await succeed('umount', `${PLACE}/inner`);
    }
  });
});

describe('two disks', () => {
  let driver: ScsiDebug;
  let disks: readonly DiscoveredDevice[];
  beforeAll(async () => {
    await mkdir(`${PLACE}/pool`, { recursive: true });
    driver = await ScsiDebug.load({ dev_size_mb: 128, add_host: 2, per_host_store: 1 });
    disks = await awaitDevices((devices) => devices.length === 2 && devices.every((one) => isReady(one, DRIVERS)), { timeout: 60_000 });
  });
  afterAll(async () => {
    for (const disk of disks) expect(await reasons(disk)).toEqual([]);
    await driver[Symbol.asyncDispose]();
  });

  it.skipIf(!existsSync('/usr/bin/btrfs') && !existsSync('/usr/sbin/mkfs.btrfs'))('are both told to be mounted by a btrfs that is on both', async () => {
    const nodes = disks.map(({ node }) => node ?? '');
    await succeed('mkfs.btrfs', '-q', '-f', '-d', 'raid1', '-m', 'raid1', ...nodes);
    await succeed('btrfs', 'device', 'scan', ...nodes);
    await succeed('mount', '-t', 'btrfs', nodes[1] ?? '', `${PLACE}/pool`);
    try {
      for (const [index, disk] of disks.entries()) expect(await reasons(disk)).toEqual([`${nodes[index]} is mounted on ${PLACE}/pool (btrfs)`]);
    } finally {
      await succeed('umount', `${PLACE}/pool`);
    }
    await succeed('btrfs', 'device', 'scan', '--forget');
  });

  it('are told to be used by targets of the kernel that export one again, whether they claim it or not', async () => {
    const [disk] = disks;
    const node = disk?.node ?? '';
    await succeed('mount', '-t', 'configfs', 'configfs', '/sys/kernel/config');
    const [file, block, subsystem] = ['/sys/kernel/config/target/core/fileio_0/again', '/sys/kernel/config/target/core/iblock_0/block', '/sys/kernel/config/nvmet/subsystems/nqn.uses'];
    try {
      await mkdir(file, { recursive: true });
      await writeFile(`${file}/control`, `fd_dev_name=${node},fd_dev_size=1048576`);
      await writeFile(`${file}/enable`, '1');
      expect(await reasons(disk!)).toEqual([`the LIO backstore again exports ${node}`]);
      await rmdir(file);
      await mkdir(block, { recursive: true });
      await writeFile(`${block}/udev_path`, node);
      await writeFile(`${block}/control`, `udev_path=${node}`);
      await writeFile(`${block}/enable`, '1');
      expect(await reasons(disk!)).toEqual([`the LIO backstore block exports ${node}`]);
      await rmdir(block);
      await mkdir(subsystem);
      await mkdir(`${subsystem}/namespaces/7`);
      await writeFile(`${subsystem}/namespaces/7/device_path`, node);
      await writeFile(`${subsystem}/namespaces/7/enable`, '1');
      expect(await reasons(disk!)).toEqual([`the NVMe namespace 7 of nqn.uses exports ${node}`]);
      await writeFile(`${subsystem}/namespaces/7/enable`, '0');
      await rmdir(`${subsystem}/namespaces/7`);
      await rmdir(subsystem);
    } finally {
      for (const adapter of ['fileio_0', 'iblock_0']) await rmdir(`/sys/kernel/config/target/core/${adapter}`).catch(() => undefined);
    }
    await eventually('it is free', async () => ((await reasons(disk!)).length === 0 ? true : undefined));
    await succeed('umount', '/sys/kernel/config');
  });
});

describe('a claimed disk that is barred', () => {
  let driver: ScsiDebug;
  let disk: DiscoveredDevice;
  let node: string;
  beforeAll(async () => {
    driver = await ScsiDebug.load({ dev_size_mb: 16, num_parts: 1 });
    disk = await ready();
    node = disk.node ?? '';
    await eventually('there is a partition', () => Promise.resolve(existsSync(`${node}1`) || undefined));
  });
  afterAll(() => driver[Symbol.asyncDispose]());

  const stateOf = async (): Promise<string> => (await readFile(`/sys/bus/scsi/devices/${disk.address}/state`, 'utf8')).trim();

  it('cannot be opened, whole or in part, with O_EXCL or without, and as before afterwards', async () => {
    await using claims = await claimDisks([disk]);
    expect(claims.refused).toEqual([]);
    // A claim alone lets this through.
    await (await open(node, 'r')).close();
    expect(await claims.bar()).toEqual([disk.address]);
    const refused = { code: 'ENXIO' };
    for (const path of [node, `${node}1`, disk.sg ?? '']) await expect(open(path, constants.O_RDONLY)).rejects.toMatchObject(refused);
    await expect(open(node, constants.O_RDONLY | constants.O_EXCL)).rejects.toMatchObject(refused);
    expect(await claims.during(stateOf)).toBe('offline');
    expect(await stateOf()).toBe('running');
    await (await open(`${node}1`, 'r')).close();
    expect(await reasons(disk)).toEqual([]);
  });

  it('is found open by whoever opened it before, and is given back when what was to be done fails', async () => {
    await using file = await open(node, 'r');
    const claims = await claimDisks([disk]);
    await claims.bar();
    expect(await reasons(disk)).toEqual([expect.stringMatching(new RegExp(`^process ${process.pid} .* has ${node} open$`, 'u'))]);
    await expect(claims.during(() => Promise.reject(new Error('no')), { goes: true })).rejects.toThrow('no');
    expect(await stateOf()).toBe('running');
    expect((await file.read(new Uint8Array(512), 0, 512, 0)).bytesRead).toBe(512);
  });

  it('has what was written to it before it is barred', async () => {
    const text = new Uint8Array(4096).fill(7);
    const file = await open(node, 'r+');
    await file.write(text, 0, 4096, 1 << 20);
    await file.close();
    await using claims = await claimDisks([disk]);
    await claims.bar();
    await claims.during(() => Promise.resolve());
    expect((await succeed('dd', `if=${node}`, 'iflag=direct', 'bs=4096', 'skip=256', 'count=1', 'status=none')).charCodeAt(0)).toBe(7);
  });

  it('stays barred while it goes', async () => {
    const { address } = disk;
    const claims = await claimDisks([disk]);
    await claims.bar();
    await claims.during(() => deleteDevice(address), { goes: true });
    await claims[Symbol.asyncDispose]();
    await eventually('it has gone', () => Promise.resolve(existsSync(`/sys/bus/scsi/devices/${address}`) ? undefined : true));
  });
});

describe.each([
  [1, 'st', (device: DiscoveredDevice) => (device.node ?? '').replace('/st', '/nst')],
  [1, 'sg', (device: DiscoveredDevice) => device.sg ?? ''],
  [5, 'sr', (device: DiscoveredDevice) => device.node ?? ''],
  [8, 'sch', (device: DiscoveredDevice) => device.node ?? ''],
  [13, 'bsg', (device: DiscoveredDevice) => device.bsg ?? ''],
] as const)('a device of type %d', (type, kind, nodeOf) => {
  it(`is told to be held by a process that has its ${kind} node open`, async () => {
    await using driver = await ScsiDebug.load({ ptype: type });
    await driver.waitFor(1);
    const device = await ready();
    expect(device.type).toBe(type);
    // The kernel’s drivers of tapes and CD-ROMs wait for a medium otherwise.
    const file = await open(nodeOf(device), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      expect(await reasons(device)).toEqual([expect.stringMatching(new RegExp(`^process ${process.pid} \\(.*\\) has ${nodeOf(device)} open$`, 'u'))]);
    } finally {
      await file.close();
    }
    expect(await reasons(device)).toEqual([]);
  });
});
