// Nothing is taken away from under a mount, a swap area or a process, until that is forced.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { moduleUses, type Session } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSandbox } from './sandbox.js';

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

const lacksDisks = !existsSync('/sys/module/sd_mod');
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
