import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MadeUpMachine } from '../made-up-machine.js';
import { findUses, type FindUsesOptions } from './find-uses.js';

const ADDRESS = '0:0:0:0';

/** A machine with a disk, sda, of two partitions, and an LVM volume on the second one. */
const withDisk = async (): Promise<MadeUpMachine> => {
  const machine = await MadeUpMachine.create();
  await machine.addBlock('sda', {
    number: '8:0',
    path: 'devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0/block/sda',
    partitions: { sda1: { number: '8:1' }, sda2: { number: '8:2', holders: ['dm-0'] } },
  });
  await machine.addBlock('dm-0', { number: '254:0', files: { 'dm/name': 'vg-data', 'dm/uuid': 'LVM-abc' } });
  return machine;
};

const reasons = async ({ roots }: MadeUpMachine, options: FindUsesOptions = {}): Promise<string[]> => {
  const uses = await findUses([{ address: ADDRESS, node: join(roots.dev, 'sda'), sg: join(roots.dev, 'sg0') }], { ...roots, ...options });
  return uses.map(({ reason }) => reason.replaceAll(roots.dev, '/dev'));
};

const VOLUME = '/dev/dm-0 (the LVM volume vg-data on /dev/sda2)';
const HELD = 'the LVM volume vg-data (/dev/dm-0) is made of /dev/sda2';

describe('findUses', () => {
  it('tells of what is stacked on partitions', async () => {
    await using machine = await withDisk();
    expect(await reasons(machine)).toEqual([HELD]);
  });

  it('finds mounts of a partition by number, of what is stacked by name, and of other namespaces', async () => {
    await using machine = await withDisk();
    await machine.link('proc/self/ns/mnt', 'mnt:[1]');
    await machine.link('proc/7/ns/mnt', 'mnt:[2]');
    await machine.link('proc/8/ns/mnt', 'mnt:[1]');
    await machine.file('proc/self/mountinfo', '1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 8:1 / /srv/a\\040b rw - ext4 /dev/other rw\n');
    await machine.file('proc/7/mountinfo', `1 0 0:1 / / rw - ext4 /dev/vda rw\n3 1 0:50 / /x rw - xfs ${machine.roots.dev}/dm-0 rw\n`);
    await machine.file('proc/8/mountinfo', '9 1 8:2 / /never-read rw - ext4 /dev/sda2 rw\n');
    expect(await reasons(machine)).toEqual(['/dev/sda1 is mounted on /srv/a b (ext4)', `${VOLUME} is mounted on /x (xfs), as process 7 sees it`, HELD]);
  });

  it('finds btrfs, which mounts under another device’s name', async () => {
    await using machine = await withDisk();
    await machine.file('sys/fs/btrfs/u1/devices/sda1/dev', '8:1\n');
    await machine.file('sys/fs/btrfs/u1/devices/sdq/dev', '65:0\n');
    await machine.file('proc/self/mountinfo', '2 1 0:60 / /pool rw - btrfs /dev/sdq rw\n3 1 0:61 / /else rw - btrfs /dev/sdr rw\n');
    expect(await reasons(machine)).toEqual(['/dev/sda1 is mounted on /pool (btrfs)', HELD]);
  });

  it('finds swap', async () => {
    await using machine = await withDisk();
    await machine.file('proc/swaps', `Filename\t\t\t\tType\t\tSize\n${machine.roots.dev}/dm-0 partition\t1024\t0\t-2\n/swapfile\tfile\t1\t0\t-3\n`);
    expect(await reasons(machine)).toEqual([`${VOLUME} is swap`, HELD]);
  });

  it('finds loop devices and RAID arrays on it', async () => {
    await using machine = await withDisk();
    await machine.addBlock('loop3', { number: '7:3', holders: ['md0'], files: { 'loop/backing_file': join(machine.roots.dev, 'sda1') } });
    await machine.addBlock('loop4', { number: '7:4', files: { 'loop/backing_file': '/elsewhere' } });
    await machine.addBlock('md0', { number: '9:0', files: { 'md/level': 'raid1' } });
    expect(await reasons(machine)).toEqual(['the loop device loop3 (/dev/loop3) is made of /dev/sda1', 'the RAID array md0 (raid1) (/dev/md0) is made of /dev/loop3', HELD]);
  });

  it('finds what lies on a file system of it: swap files, loop devices with what is on them, overlays', async () => {
    await using machine = await withDisk();
    await machine.addBlock('loop3', { number: '7:3', files: { 'loop/backing_file': '/srv/images/a.img' } });
    await machine.addBlock('loop4', { number: '7:4', files: { 'loop/backing_file': '/srv/images/deep/b.img' } });
    await machine.file(
      'proc/self/mountinfo',
      ['1 0 0:1 / / rw - ext4 /dev/vda rw', '2 1 8:1 / /srv rw - ext4 /dev/sda1 rw', '3 2 0:9 / /srv/images/deep rw - tmpfs none rw', '4 1 7:3 / /inner rw - xfs /dev/loop3 rw', '5 1 0:44 / /merged rw - overlay overlay rw,lowerdir=/usr:/srv/lo\\:wer,upperdir=/tmp/u,workdir=/tmp/w', '6 1 0:45 / /plain rw - overlay overlay rw,lowerdir=/usr:/lib'].join('\n'),
    );
    await machine.file('proc/swaps', 'Filename\t\t\t\tType\t\tSize\n/srv/swapfile file\t1024\t0\t-2\n/srvelse/swapfile file 1 0 -3\n');
    expect(await reasons(machine)).toEqual([
      '/dev/sda1 is mounted on /srv (ext4)',
      '/dev/loop3 (the loop device loop3 of the file /srv/images/a.img on /dev/sda1) is mounted on /inner (xfs)',
      '/dev/sda1 has a layer of the overlay on /merged',
      '/dev/sda1 has the swap file /srv/swapfile',
      'the loop device loop3 of the file /srv/images/a.img (/dev/loop3) is made of /dev/sda1',
      HELD,
    ]);
  });

  it('finds bcache, and targets of the kernel that export it again', async () => {
    await using machine = await withDisk();
    const { dev } = machine.roots;
    await machine.addBlock('bcache0', { number: '252:0' });
    await machine.linkTo('sys/devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0/block/sda/sda1/bcache/dev', 'sys/devices/virtual/block/bcache0');
    await machine.file('dev/sda', '');
    await machine.file('dev/sda2', '');
    await machine.linkTo('dev/disk/by-id/scsi-1', 'dev/sda');
    const core = 'sys/kernel/config/target/core';
    for (const [path, text] of Object.entries({
      [`${core}/iblock_0/one/enable`]: '1', [`${core}/iblock_0/one/udev_path`]: join(dev, 'disk/by-id/scsi-1'), [`${core}/iblock_0/one/info`]: 'Status: ACTIVATED  iBlock device: sda  UDEV PATH: x',
      [`${core}/fileio_1/two/enable`]: '1', [`${core}/fileio_1/two/info`]: `Status: ACTIVATED  Max Queue Depth: 0  SectorSize: 512  HwMaxSectors: 16384\n        TCM FILEIO ID: 0        File: ${dev}/sda2  Size: 1048576  Mode: O_DSYNC Async: 0`,
      [`${core}/iblock_0/off/enable`]: '0', [`${core}/iblock_0/off/udev_path`]: join(dev, 'sda'), [`${core}/alua/lu_gps/x`]: '',
      'sys/kernel/config/nvmet/subsystems/nqn.x/namespaces/1/device_path': join(dev, 'dm-0'), 'sys/kernel/config/nvmet/subsystems/nqn.x/namespaces/1/enable': '1',
    })) await machine.file(path, `${text}\n`);
    expect(await reasons(machine)).toEqual([
      'the LIO backstore one exports /dev/sda',
      'the LIO backstore two exports /dev/sda2',
      `the NVMe namespace 1 of nqn.x exports ${VOLUME}`,
      'the cached device bcache0 (/dev/bcache0) is made of /dev/sda1',
      HELD,
    ]);
  });

  it('finds the processes that have any of its nodes open, once for each node, but those that do not count', async () => {
    await using machine = await withDisk();
    await machine.file('proc/17/comm', 'dd\n');
    for (const [fd, link] of Object.entries({ 1: '/dev/null', 3: join(machine.roots.dev, 'sda2'), 4: join(machine.roots.dev, 'sda2'), 5: 'socket:[1]' })) await machine.link(`proc/17/fd/${fd}`, link);
    await machine.file('proc/18/comm', 'sg_inq\n');
    await machine.link('proc/18/fd/0', join(machine.roots.dev, 'sg0'));
    await machine.file('proc/19/comm', 'other users show nothing\n');
    expect(await reasons(machine)).toEqual([HELD, 'process 17 (dd) has /dev/sda2 open', 'process 18 (sg_inq) has /dev/sg0 open']);
    expect(await reasons(machine, { exceptProcesses: [17] })).toEqual([HELD, 'process 18 (sg_inq) has /dev/sg0 open']);
  });

  it('knows a node of another name by its number, but does not look at files that a server has to answer for', async () => {
    await using machine = await withDisk();
    // A character device that every machine has stands for the disk's.
    await machine.link('dev/sg0', '/dev/null');
    await machine.file('proc/self/mountinfo', '7 1 0:5 / /mine rw - tmpfs own rw\n8 1 0:6 / /far rw - nfs4 server:/ rw\n9 1 0:7 / /near rw - fuse.x x rw\n');
    await machine.file('proc/17/comm', 'own\n');
    await machine.link('proc/17/fd/3', '/proc/self/root/dev/null');
    for (const [mount, users] of [['7', ['process 17 (own) has /dev/sg0 open']], ['8', []], ['9', []], ['99', []]] as const) {
      await machine.file('proc/17/fdinfo/3', `pos:\t0\nflags:\t0100000\nmnt_id:\t${mount}\nino:\t4\n`);
      expect([mount, await reasons(machine)]).toEqual([mount, [HELD, ...users]]);
    }
  });

  it('knows the other nodes of a tape drive', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.file('proc/5/comm', 'tar\n');
    await machine.link('proc/5/fd/3', join(machine.roots.dev, 'nst0a'));
    expect(await findUses([{ address: '1:0:0:0', node: join(machine.roots.dev, 'st0') }], machine.roots)).toMatchObject([{ device: '1:0:0:0', kind: 'open', pid: 5, node: join(machine.roots.dev, 'nst0a') }]);
  });

  it('finds nothing of devices without nodes', async () => {
    await using machine = await MadeUpMachine.create();
    expect(await findUses([{ address: ADDRESS }], machine.roots)).toEqual([]);
  });
});
