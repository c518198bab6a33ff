// Nothing is taken away from under a mount, a swap area or a process, until that is forced.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { apply } from '@scst/config';
import { type DiskClaims, guard, inUse, moduleUses, type ScsiDevice, Scst, type Session, unloadModule } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holding } from '../vm/guest/holder.js';
import { eventually, KernelSandbox } from './sandbox.js';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../../apps/cli/dist/cli.js', import.meta.url));

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** Runs scst-local on the kernel's SCST. */
const cli = async (...words: string[]): Promise<{ exit: number; stdout: string; stderr: string }> => {
  try {
    const { stdout, stderr } = await run(process.execPath, [CLI, '--connect', 'kernel', ...words]);
    return { exit: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exit: code, stdout, stderr };
  }
};

const nodeOf = async (session: Session): Promise<string> => {
  const [device] = await session.devices();
  if (device?.node === undefined) throw new Error('the disk has no block device');
  return device.node;
};

/** The first block of a disk with one partition (a master boot record). */
const partitionTable = ({ first, blocks }: { readonly first: number; readonly blocks: number }): Uint8Array => {
  const block = new Uint8Array(512);
  const entry = new DataView(block.buffer, 446);
  entry.setUint8(4, 0x83);
  entry.setUint32(8, first, true);
  entry.setUint32(12, blocks, true);
  block.set([0x55, 0xaa], 510);
  return block;
};

/** The kernel's SCST, with somebody who acts between the steps of the guard. */
const racing = (meddle: (claims: DiskClaims, devices: readonly ScsiDevice[]) => Partial<DiskClaims>): Scst => {
  const { connection } = sandbox.scst;
  return Scst.over({
    ...connection,
    close: () => Promise.resolve(),
    claimDisks: async (devices) => {
      const claims = await connection.claimDisks!(devices);
      return { ...claims, ...meddle(claims, devices) };
    },
  });
};

const lacksDisks = !existsSync('/sys/module/sd_mod');
const lacksVolumes = !existsSync('/sys/module/dm_mod') || !existsSync('/usr/sbin/dmsetup');
const lacksMkfs = !existsSync('/sbin/mkfs.ext4') && !existsSync('/usr/sbin/mkfs.ext4');

describe.skipIf(lacksDisks)('the guard', () => {
  it.skipIf(lacksMkfs)('names the mount point, and lets go when it is unmounted', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const directory = join(sandbox.directory, 'mount point');
    await mkdir(directory);
    await run('mkfs.ext4', ['-q', node]);
    await run('mount', ['-t', 'ext4', node, directory]);
    try {
      const reason = `${node} is mounted on ${directory} (ext4)`;
      for (const uses of [await session.uses(), await target.uses(), await target.luns.uses(0), await device.uses(), await moduleUses(sandbox.scst, 'scst_local'), await moduleUses(sandbox.scst, 'scst_vdisk')]) expect(uses.map((use) => use.reason)).toContain(reason);
      // A program takes its time to start on an emulated processor: each of the four is refused by the same rule.
      for (const words of [['lun', 'remove', target.name, '0'], ['device', 'remove', device.name]]) {
        const { exit, stderr } = await cli(...words);
        expect([exit, stderr]).toEqual([1, expect.stringContaining(reason)]);
      }
      const doctor = await cli('doctor', '--json');
      expect(doctor.exit).toBe(5);
      expect(JSON.parse(doctor.stdout)).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ code: 'memory-deadlock', subject: device.name, message: expect.stringContaining(reason) as string })]) as unknown });
    } finally {
      await run('umount', [directory]);
    }
    expect((await cli('lun', 'remove', target.name, '0')).exit).toBe(0);
  });

  it.skipIf(lacksMkfs)('refuses every removal for the mount of a partition that only another mount namespace sees, and for a process of a container', async () => {
    const { target, session, device } = await sandbox.exportedDisk({ size: 32 << 20 });
    const node = await nodeOf(session);
    await writeFile(node, partitionTable({ first: 2048, blocks: 40_000 }));
    await run('blockdev', ['--rereadpt', node]);
    await eventually('there is a partition', () => Promise.resolve(existsSync(`${node}1`)));
    await run('mkfs.ext4', ['-q', `${node}1`]);
    const directory = join(sandbox.directory, 'unseen');
    await mkdir(directory);
    const removals = [['session', 'remove', `${target.name}/${session.name}`], ['target', 'remove', target.name], ['lun', 'remove', target.name, '0'], ['device', 'remove', device.name]];
    await holding(['unshare', '-m'], `mount ${node}1 '${directory}'`, async (pid) => {
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(node);
      const reason = `${node}1 is mounted on ${directory} (ext4), as process ${pid} sees it`;
      for (const words of removals) expect([words[0], await cli(...words)]).toEqual([words[0], { exit: 1, stdout: '', stderr: expect.stringContaining(reason) as string }]);
    });
    const [disk] = await session.devices();
    await holding(['unshare', '-m', '-p', '-f', '--kill-child', '--mount-proc'], `exec 3<${disk?.sg ?? ''}`, async () => {
      expect((await target.uses()).map(({ reason }) => reason)).toEqual([expect.stringMatching(new RegExp(`^process \\d+ \\(sleep\\) has ${disk?.sg ?? ''} open$`, 'u'))]);
    });
    expect(await target.uses()).toEqual([]);
    expect(await target.luns.list()).toHaveLength(1);
  });

  it.skipIf(lacksMkfs)('refuses for a file system that was unmounted while a file of it was open', async () => {
    const { target, session } = await sandbox.exportedDisk({ size: 32 << 20 });
    const node = await nodeOf(session);
    const directory = join(sandbox.directory, 'lazy');
    await mkdir(directory);
    await run('mkfs.ext4', ['-q', node]);
    await run('mount', ['-t', 'ext4', node, directory]);
    const file = await open(join(directory, 'file'), 'w');
    await run('umount', ['-l', directory]);
    expect(await target.uses()).toMatchObject([{ kind: 'claim', reason: expect.stringContaining(`${node} is taken by somebody who does not show`) as string }]);
    await file.close();
    await eventually('the disk is free', async () => (await target.uses()).length === 0);
  });

  it.skipIf(lacksVolumes)('refuses for a volume of LVM', async () => {
    const { target, session } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const volume = sandbox.name('volume');
    await run('dmsetup', ['create', volume, '--uuid', `LVM-${volume}`, '--table', `0 2048 linear ${node} 0`]);
    try {
      expect((await target.uses()).map(({ reason }) => reason)).toEqual([expect.stringMatching(new RegExp(`^the LVM volume ${volume} \\(/dev/dm-\\d+\\) is made of ${node}$`, 'u'))]);
    } finally {
      await run('dmsetup', ['remove', volume]);
    }
    expect(await target.uses()).toEqual([]);
  });

  it.skipIf(lacksMkfs).each(['session', 'lun', 'device', 'target'] as const)('lets nobody mount or open a disk between the look and the end of the removal of its %s', async (what) => {
    const { target, session, device } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const directory = join(sandbox.directory, `late-${what}`);
    await mkdir(directory);
    await run('mkfs.ext4', ['-q', node]);
    let attempts = 0;
    // Nothing was in use, and the removal is about to begin.
    const raced = racing((claims) => ({
      during: (work, options) =>
        claims.during(async () => {
          attempts += 1;
          await expect(run('mount', ['-t', 'ext4', node, directory])).rejects.toThrow(node);
          await expect(open(node, 'r')).rejects.toMatchObject({ code: 'ENXIO' });
          return await work();
        }, options),
    }));
    const racedTarget = raced.driver().target(target.name);
    const removals = {
      session: () => racedTarget.session(session.name).close({ unlessUsed: true }),
      lun: () => racedTarget.luns.remove(0, { unlessUsed: true }),
      device: () => raced.device(device.name).remove({ force: true, unlessUsed: true }),
      target: () => racedTarget.remove({ unlessUsed: true }),
    };
    const started = performance.now();
    await removals[what]();
    expect(attempts).toBe(1);
    if (what === 'lun' || what === 'device') expect(await target.luns.list()).toEqual([]);
    // What waits until the disks are closed must not wait for this process.
    expect(performance.now() - started).toBeLessThan(30_000);
    await eventually('the disk has gone', () => Promise.resolve(!existsSync(`/sys/class/block/${node.slice(5)}`)));
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(`${node} `);
  });

  it('finds who opens a disk between the first look and the second, and gives it back to him', async () => {
    const { target, session } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const opened: Awaited<ReturnType<typeof open>>[] = [];
    const raced = racing((claims) => ({
      bar: async () => {
        opened.push(await open(node, 'r'));
        return await claims.bar();
      },
    }));
    await expect(raced.driver().target(target.name).luns.remove(0, { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE', message: expect.stringContaining(`process ${process.pid}`) as string });
    const [file] = opened;
    expect((await file?.read(new Uint8Array(512), 0, 512, 0))?.bytesRead).toBe(512);
    expect(await target.luns.list()).toHaveLength(1);
    await file?.close();
  });

  it('holds the disks of an apply just before each removal, and holds back what has come into use since the plan', async () => {
    const { target, device } = await sandbox.exportedDisk();
    const second = await sandbox.disk();
    await target.luns.add(second.device.name, 1);
    const [session] = await target.sessions();
    const nodes = (await session!.devices()).map(({ node = '' }) => node);
    const config = `TARGET_DRIVER scst_local {\n\tTARGET ${target.name}\n}\n`;
    const tried: string[] = [];
    const raced = racing((claims, devices) => ({
      during: (work, options) =>
        claims.during(async () => {
          for (const { node = '' } of devices) tried.push(await open(node, 'r').then((opened) => opened.close()).then(() => 'opened', (error: unknown) => (error as NodeJS.ErrnoException).code ?? ''));
          return await work();
        }, options),
    }));
    let file: Awaited<ReturnType<typeof open>> | undefined;
    const guarded = guard(raced);
    const report = await apply(sandbox.scst.tree, config, {
      prune: true,
      only: [`target:${target.name}`],
      inUse: inUse(sandbox.scst),
      guard: async (write, work, options) => {
        // Somebody opens the second disk after the last look of the apply itself.
        if (write.data === 'del 1') file = await open(nodes[1] ?? '', 'r');
        await guarded(write, work, options);
      },
    });
    expect(report.blocked).toMatchObject([{ operation: { summary: `LUN 1 ${second.device.name}` }, reason: expect.stringContaining(`process ${process.pid}`) as string }]);
    expect(report.done.map(({ summary }) => summary)).toEqual([`LUN 0 ${device.name}`]);
    expect(tried).toEqual(['ENXIO']);
    expect((await target.luns.list()).map(({ number }) => number)).toEqual([1]);
    await file?.close();
  });

  it('takes the disk of a LUN from the machine with it, so that one that comes back is found', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    await target.luns.remove(0, { unlessUsed: true });
    await eventually('the disk has gone', () => Promise.resolve(!existsSync(`/sys/class/block/${node.slice(5)}`)));
    await target.luns.add(device.name, 0);
    const again = await nodeOf(session);
    await using file = await open(again, 'r');
    expect((await file.read(new Uint8Array(512), 0, 512, 0)).bytesRead).toBe(512);
  });

  it.skipIf(lacksMkfs)('keeps the names of a group, the size and the state of a disk that is mounted', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const group = await target.addGroup(sandbox.name('group'));
    const directory = join(sandbox.directory, 'kept');
    await mkdir(directory);
    await run('mkfs.ext4', ['-q', node]);
    await run('mount', ['-t', 'ext4', node, directory]);
    try {
      const reason = `${node} is mounted on ${directory} (ext4)`;
      for (const words of [['initiator', 'add', `${target.name}/${group.name}`, '*'], ['device', 'set', device.name, 'active=0']]) {
        const { exit, stderr } = await cli(...words);
        expect([words[1], exit, stderr]).toEqual([words[1], 1, expect.stringContaining(reason)]);
      }
      await expect(group.initiators.add('*', { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE' });
      await expect(unloadModule(sandbox.scst, 'scst_local', { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE', message: expect.stringContaining(reason) as string });
      await group.luns.add(device.name, 0);
      await group.initiators.add('*', { unlessUsed: true });
      expect(await session.group()).toBe(group.name);
      await expect(group.initiators.clear({ unlessUsed: true })).resolves.toBeUndefined();
      await writeFile(join(directory, 'file'), 'still here');
      expect(await readFile(join(directory, 'file'), 'utf8')).toBe('still here');
    } finally {
      await run('umount', [directory]);
    }
  });

  it('names the swap area', async () => {
    const { target, session } = await sandbox.exportedDisk({ size: 32 << 20 });
    const node = await nodeOf(session);
    await run('mkswap', [node]);
    await run('swapon', [node]);
    try {
      expect((await target.uses()).map(({ reason }) => reason)).toContain(`${node} is swap`);
    } finally {
      await run('swapoff', [node]);
    }
    expect(await target.uses()).toEqual([]);
  });

  it('names what is stacked on it', async () => {
    const { target, session } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    const { stdout } = await run('losetup', ['-f', '--show', node]);
    const loop = stdout.trim();
    try {
      expect((await target.uses()).map(({ reason }) => reason)).toContain(`the loop device ${loop.slice(5)} (${loop}) is made of ${node}`);
    } finally {
      await run('losetup', ['-d', loop]);
    }
  });

  it('names the process that has it open', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    const node = await nodeOf(session);
    await using file = await open(node, 'r');
    expect((await device.uses()).map(({ reason }) => reason)).toEqual([expect.stringMatching(new RegExp(`^process ${process.pid} \\(.*\\) has ${node} open$`, 'u'))]);
    await file.close();
    expect(await target.uses()).toEqual([]);
  });

  it('lets unused ones go', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    await session.devices();
    expect((await cli('session', 'remove', `${target.name}/${session.name}`)).exit).toBe(0);
    expect((await cli('lun', 'remove', target.name, '0')).exit).toBe(0);
    expect(await device.uses()).toEqual([]);
    expect((await cli('target', 'remove', target.name)).exit).toBe(0);
  });
});
