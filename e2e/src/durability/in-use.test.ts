import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScstCore } from '@scst/core';
import { afterEach, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);

let directory: string;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-in-use-'));
});

afterEach(async () => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

it('a block device that the machine has mounted is not written to, and one that is exported is not mounted', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('mounting needs root');
  const image = join(directory, 'image');
  const mountPoint = join(directory, 'mounted');
  await writeFile(image, '');
  await truncate(image, 16 * 1024 * 1024);
  await mkdir(mountPoint);
  const device = await run('mkfs.ext4', ['-q', '-F', image])
    .then(() => run('losetup', ['--find', '--show', image]))
    .then(({ stdout }) => stdout.trim(), () => undefined);
  if (device === undefined) return skip('there are no loop devices here, or no mkfs.ext4');
  undo.push(() => run('losetup', ['--detach', device]));
  const mount = (): Promise<unknown> => run('mount', ['-t', 'ext4', device, mountPoint]);
  const isMounted = await mount().then(() => true, () => false);
  if (!isMounted) skip('nothing can be mounted here');
  undo.push(() => run('umount', [mountPoint]));

  const core = new ScstCore({ stateDirectory: join(directory, 'state') });
  undo.push(() => core.close());
  for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
  const add = (handler: string, name: string, parameters = ''): Promise<number> => core.tree.write(`handlers/${handler}/mgmt`, `add_device ${name} filename=${device}${parameters}`);
  for (const handler of ['vdisk_blockio', 'vdisk_fileio']) await expect(add(handler, 'disk')).rejects.toMatchObject({ code: 'EBUSY' });
  await add('vdisk_blockio', 'reader', ';read_only=1');
  await run('umount', [mountPoint]);

  await add('vdisk_blockio', 'disk');
  await add('vdisk_fileio', 'twin');
  const remove = (handler: string, name: string): Promise<number> => core.tree.write(`handlers/${handler}/mgmt`, `del_device ${name}`);
  await expect(mount()).rejects.toThrow();
  // What it is kept by is not the first device's own.
  await remove('vdisk_blockio', 'disk');
  await expect(mount()).rejects.toThrow();
  await remove('vdisk_fileio', 'twin');
  await remove('vdisk_blockio', 'reader');
  await mount();
  await expect(add('vdisk_blockio', 'disk')).rejects.toMatchObject({ code: 'EBUSY' });
});
