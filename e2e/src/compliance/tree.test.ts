import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScstCore } from '@scst/core';
import { isSupported, mount } from '@scst/fuse';
import { serveCore } from '@scst/local';
import { connect } from '@scst/remote';
import { subtree, type SysfsTree } from '@scst/sysfs';
import { treeCompliance } from '@scst/sysfs/compliance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { bundle } from '../mount/bundle.js';
import { useMount } from '../mount/use-mount.js';

const support = await isSupported();
if (!support.supported) process.stderr.write(`the tree through a mount: skipped, since ${support.reason}\n`);

/** The core's tree is a SysfsTree, and stays one on its way through the socket and through the kernel. */
describe('the tree of the core', () => {
  let directory = '';
  let core: ScstCore;

  beforeAll(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'scst-compliance-')));
    core = new ScstCore({ stateDirectory: join(directory, 'state') });
    for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
  });

  afterAll(async () => {
    await core.close();
    await rm(directory, { recursive: true, force: true });
  });

  describe('in memory', () => {
    complies(() => core.tree);
  });

  describe('through the socket', () => {
    let tree: SysfsTree;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const server = await serveCore(core, { socket: join(directory, 'socket') });
      const connection = await connect(server.socket);
      tree = connection.tree;
      close = async () => {
        await connection.close();
        await server.close();
      };
    });
    afterAll(() => close());

    complies(() => tree);
  });

  describe.skipIf(!support.supported)('through a mount that another process uses', () => {
    let tree: SysfsTree;
    let close: () => Promise<void>;

    beforeAll(async () => {
      await bundle({ user: 'mount/user.ts' }, join(directory, 'programs'));
      await mkdir(join(directory, 'machine'));
      const mounted = await mount(core.system, join(directory, 'machine'));
      const user = await useMount(mounted.directory, join(directory, 'user'), join(directory, 'programs', 'user.mjs'));
      tree = subtree(user.tree, 'sys/kernel/scst_tgt');
      close = async () => {
        await user.close();
        await mounted.unmount();
      };
    });
    afterAll(() => close());

    complies(() => tree);
  });
});

const complies = (tree: () => SysfsTree): void => {
  for (const { name, run } of treeCompliance({ create: () => ({ tree: tree() }) })) it(name, run);
};
