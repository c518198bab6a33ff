import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn, orNothing, readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';

/** A node or file that a target of the kernel shows to initiators of its own. */
interface ExportedPath {
  readonly path: string;
  /** In words: `the LIO backstore disk1`. */
  readonly what: string;
}

/** An exported path with the node it leads to: `/dev/disk/by-id/…` is a link. */
export interface ExportedNode extends ExportedPath {
  readonly node: string;
}

/** What targets of the kernel export, with its nodes. Only what lies below /dev is looked at: elsewhere somebody might have to answer for it. */
export const exportedNodes = async (machine: Machine): Promise<ExportedNode[]> =>
  await Promise.all((await exportedPaths(machine)).map(async (one) => ({ ...one, node: one.path.startsWith(`${machine.dev}/`) ? ((await orNothing(realpath(one.path))) ?? one.path) : one.path })));

/** What targets of the kernel other than SCST export: LIO's backstores and NVMe namespaces. Not all of them claim what they open. */
const exportedPaths = async (machine: Machine): Promise<ExportedPath[]> => {
  const config = join(machine.sys, 'kernel/config');
  return [...(await backstores(join(config, 'target/core'))), ...(await namespaces(join(config, 'nvmet/subsystems')))];
};

const backstores = async (core: string): Promise<ExportedPath[]> => {
  const found: ExportedPath[] = [];
  for (const adapter of await namesIn(core)) {
    if (!/^(?:iblock|fileio)_\d+$/u.test(adapter)) continue;
    for (const name of await namesIn(join(core, adapter))) {
      const directory = join(core, adapter, name);
      if ((await readText(join(directory, 'enable'))) !== '1') continue;
      const info = (await readText(join(directory, 'info'))) ?? '';
      // Of a block device only whoever configured it says which it is; of a file the kernel does.
      const [, file] = /\bFile:\s(.*?)\s+Size:/u.exec(info) ?? [];
      const path = file ?? (await readText(join(directory, 'udev_path')));
      if (path !== undefined && path.startsWith('/')) found.push({ path, what: `the LIO backstore ${name}` });
    }
  }
  return found;
};

const namespaces = async (subsystems: string): Promise<ExportedPath[]> => {
  const found: ExportedPath[] = [];
  for (const subsystem of await namesIn(subsystems)) {
    for (const number of await namesIn(join(subsystems, subsystem, 'namespaces'))) {
      const directory = join(subsystems, subsystem, 'namespaces', number);
      const [path, enabled] = await Promise.all([readText(join(directory, 'device_path')), readText(join(directory, 'enable'))]);
      if (enabled === '1' && path?.startsWith('/') === true) found.push({ path, what: `the NVMe namespace ${number} of ${subsystem}` });
    }
  }
  return found;
};
