import { findUses } from '@scst/sg-io';
import { SysfsError, type SysfsTree } from '@scst/sysfs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ScsiDevice } from '../scsi-device.js';
import { Scst } from '../scst.js';
import { diagnose } from './diagnose.js';

/** What is found on a machine: a core stands in for the kernel's SCST, a directory for /sys, /proc and /dev. */
let embedded: Scst;
let directory: string;
const changes: { devices: (devices: ScsiDevice[]) => ScsiDevice[]; tree: (tree: SysfsTree) => SysfsTree } = { devices: (devices) => devices, tree: (tree) => tree };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-doctor-'));
  embedded = await Scst.open({ connect: 'embedded' });
  changes.devices = (devices) => devices;
  changes.tree = (tree) => tree;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await embedded.close();
  await rm(directory, { recursive: true });
});

const file = async (path: string, text: string | Uint8Array = ''): Promise<string> => {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
  return join(directory, path);
};
const dev = (name: string): string => join(directory, 'dev', name);

/** The SCST as the kernel's, whose first disk is sdb. */
const machine = (): Scst => {
  const roots = { sys: join(directory, 'sys'), proc: join(directory, 'proc'), dev: join(directory, 'dev') };
  const { connection } = embedded;
  return Scst.over({
    ...connection,
    kind: 'kernel',
    tree: changes.tree(connection.tree),
    scsiDevices: async (options) => changes.devices((await connection.scsiDevices(options)).map((device, index) => ({ ...device, node: dev(`sd${'bcd'[index] ?? 'e'}`), sg: dev(`sg${index}`), state: 'running' }))),
    usesOf: (devices) => findUses(devices, roots),
  });
};

/** A device of a handler as a LUN of the default target. */
const exportDevice = async (name: string, lun: number, handler = 'vdisk_fileio', filename?: string): Promise<void> => {
  await embedded.handler(handler).add(name, handler === 'vdisk_nullio' ? {} : { filename: filename ?? (await file(`${name}.img`, new Uint8Array(1 << 20))) });
  await embedded.driver().target('scst_local_tgt').luns.add(name, lun);
};

/** What the doctor says, without what is so everywhere. */
const diagnosis = async (): Promise<string[]> => (await diagnose(machine())).filter(({ code }) => code !== 'not-root').map(({ severity, code, subject, message }) => `${severity} ${code} ${subject}: ${message.replaceAll(directory, '')}`);

const DANGER = 'is of the handler vdisk_fileio, which itself needs memory to write: the two can wait for each other for ever';

describe('diagnose, on a machine', () => {
  beforeEach(async () => {
    await file('sys/class/block/sdb/dev', '8:16\n');
  });

  it('finds nothing where nobody uses the disks, or somebody only has one open', async () => {
    await exportDevice('disk1', 0);
    await file('proc/17/comm', 'dd\n');
    expect(await diagnosis()).toEqual([]);
  });

  it('finds file systems, swap and loop devices on a device that needs memory to write', async () => {
    await exportDevice('disk1', 0);
    await file('proc/self/mountinfo', '2 1 8:16 / /srv rw - ext4 /dev/sdb rw\n');
    await file('proc/swaps', `Filename\n${dev('sdb')} partition\t1024\t0\t-2\n`);
    await file('sys/class/block/loop0/dev', '7:0\n');
    await file('sys/class/block/loop0/loop/backing_file', `${dev('sdb')}\n`);
    expect(await diagnosis()).toEqual([
      `error memory-deadlock disk1: /dev/sdb is mounted on /srv (ext4); the device disk1 ${DANGER}`,
      `error memory-deadlock disk1: /dev/sdb is swap; the device disk1 ${DANGER}`,
      `error memory-deadlock disk1: the loop device loop0 (/dev/loop0) is made of /dev/sdb; the device disk1 ${DANGER}`,
    ]);
  });

  it('finds file systems on what is stacked on a device', async () => {
    await exportDevice('disk1', 0);
    await file('sys/class/block/loop0/dev', '7:0\n');
    await file('sys/class/block/loop0/loop/backing_file', `${dev('sdb')}\n`);
    await file('proc/self/mountinfo', '2 1 7:0 / /srv rw - ext4 /dev/loop0 rw\n');
    expect((await diagnosis())[0]).toBe(`error memory-deadlock disk1: /dev/loop0 (the loop device loop0 on /dev/sdb) is mounted on /srv (ext4); the device disk1 ${DANGER}`);
  });

  it('finds backing files on what the SCST itself shows: mounted, as a disk, and stacked', async () => {
    await exportDevice('disk1', 0, 'vdisk_nullio');
    await file('proc/self/mountinfo', `2 1 8:16 / ${directory}/srv rw - ext4 /dev/sdb rw\n`);
    await file('sys/class/block/loop0/dev', '7:0\n');
    await file('sys/class/block/loop0/loop/backing_file', `${dev('sdb')}\n`);
    for (const [name, path] of Object.entries({ deep: 'srv/x/deep.img', part: 'dev/sdb1', stacked: 'dev/loop0', else: 'dev/loop01', other: 'srv2.img' })) {
      await embedded.handler('vdisk_fileio').add(name, { filename: await file(path, new Uint8Array(1 << 20)) });
    }
    expect((await diagnosis()).filter((text) => text.includes('backing-loop'))).toEqual([
      'error backing-loop deep: the file /srv/x/deep.img of the device deep lies on /srv, which is mounted from the device disk1',
      'error backing-loop part: the file /dev/sdb1 of the device part is the disk 0:0:0:0 of a session of this SCST',
      'error backing-loop stacked: the file /dev/loop0 of the device stacked is made of the device disk1',
    ]);
  });

  it('finds backing files on file systems that lie in files of what the SCST itself shows', async () => {
    await exportDevice('disk1', 0, 'vdisk_nullio');
    await file('proc/self/mountinfo', `1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 8:16 / ${directory}/srv rw - ext4 /dev/sdb rw\n3 1 7:0 / ${directory}/inner rw - ext4 /dev/loop0 rw\n`);
    await file('sys/class/block/loop0/dev', '7:0\n');
    await file('sys/class/block/loop0/loop/backing_file', `${directory}/srv/image\n`);
    await file('proc/swaps', `Filename\n${directory}/srv/swapfile file 1024 0 -2\n`);
    await embedded.handler('vdisk_fileio').add('deep', { filename: await file('inner/deep.img', new Uint8Array(1 << 20)) });
    const found = await diagnosis();
    expect(found).toContain('error backing-loop deep: the file /inner/deep.img of the device deep lies on /inner, which is mounted from the device disk1');
    expect(found).toContainEqual(expect.stringContaining('error memory-deadlock disk1: /dev/sdb has the swap file /srv/swapfile; '));
  });

  it('finds LUNs the machine has no device for, and devices that are left over from LUNs', async () => {
    await exportDevice('disk1', 0);
    await exportDevice('disk2', 1);
    changes.devices = (devices) => devices.map((device) => (device.lun === 1 ? { ...device, lun: 7, address: '0:0:0:7' } : device));
    expect(await diagnosis()).toEqual([
      'warning lun-not-found targets/scst_local/scst_local_tgt/sessions/scst_local_host: the machine has found no SCSI device for LUN 1 of the session scst_local_tgt/scst_local_host (host0)',
      'warning device-left-over 0:0:0:7: the SCSI device 0:0:0:7 is of LUN 7, which the session scst_local_tgt/scst_local_host does not see any more',
    ]);
  });

  it('finds devices that do not run, and those without a node to open', async () => {
    await exportDevice('disk1', 0);
    await exportDevice('disk2', 1);
    changes.devices = (devices) => devices.map((device) => (device.lun === 0 ? { ...device, state: 'offline' } : { ...device, sg: undefined }));
    expect(await diagnosis()).toEqual([
      'warning device-state 0:0:0:0: the SCSI device 0:0:0:0 is not running: it is offline',
      'warning no-sg 0:0:0:1: there is no sg node of the SCSI device 0:0:0:1: LUNs cannot be opened',
    ]);
  });

  it('finds a management command that is still at work, and waits for nothing that waits for it', async () => {
    await exportDevice('disk1', 0);
    await file('proc/self/mountinfo', '2 1 8:16 / /srv rw - ext4 /dev/sdb rw\n');
    const QUEUED = /\/(?:filename|active_commands)$/u;
    changes.tree = (tree) => {
      const read: SysfsTree['read'] = (path, options) => {
        if (QUEUED.test(path)) return new Promise(() => undefined);
        return path === 'last_sysfs_mgmt_res' ? Promise.reject(new SysfsError({ operation: 'read', path, errno: 'EAGAIN' })) : tree.read(path, options);
      };
      const open: SysfsTree['open'] = (path, ...rest) => (QUEUED.test(path) ? new Promise(() => undefined) : tree.open(path, ...rest));
      return new Proxy(tree, {
        get: (of, name) => {
          const value = Reflect.get(of, name) as unknown;
          return name === 'read' ? read : name === 'open' ? open : typeof value === 'function' ? (value.bind(of) as unknown) : value;
        },
      });
    };
    expect(await diagnosis()).toEqual([`error memory-deadlock disk1: /dev/sdb is mounted on /srv (ext4); the device disk1 ${DANGER}`, 'note management-busy last_sysfs_mgmt_res: a management command is still at work']);
  });

  it('says what only root sees', async () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    expect(await diagnose(machine())).toMatchObject([{ code: 'not-root', severity: 'note' }]);
  });
});
