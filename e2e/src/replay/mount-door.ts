import { type ScstCore } from '@scst/core';
import { mount } from '@scst/fuse';
import { encodeName, subtree, toByteString } from '@scst/sysfs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { useMount } from '../mount/use-mount.js';
import { type OpenDoor } from './door.js';
import { type Sandbox } from './sandbox.js';

const SCST = 'sys/kernel/scst_tgt';

/** The core's machine as a file system, used by another process with system calls, as any program uses it. */
export const mountDoor = async (core: ScstCore, sandbox: Sandbox): Promise<OpenDoor> => {
  const directory = join(sandbox.root, 'machine');
  await mkdir(directory);
  const mounted = await mount(core.system, directory);
  try {
    const user = await useMount(mounted.directory, join(sandbox.root, 'user.sock'));
    return {
      tree: subtree(user.tree, SCST),
      system: user.tree,
      modules: core.modules,
      logicalUnit: (target, session, lun) => Promise.resolve(core.nexus(bytes(target), bytes(session), lun)),
      structure: (call, ...operands) => user.call(call, ...operands.map((operand, index) => (call === 'symlink' && index === 0 ? operand : `${SCST}/${operand}`))),
      async close() {
        await user.close();
        await mounted.unmount();
      },
    };
  } catch (error) {
    await mounted.unmount();
    throw error;
  }
};

const bytes = (name: string): string => toByteString(encodeName(name));
