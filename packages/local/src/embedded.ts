import { NodeStorage, type Profile, ScstCore } from '@scst/core';
import { encodeName, toByteString } from '@scst/sysfs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection } from './connection.js';
import { scsiDevicesOf } from './core-devices.js';
import { coreLooks } from './looks.js';
import { openLunsOf } from './open-luns.js';
import { directAccess } from './target-driver/direct-access.js';
import { openUses } from './use/open-uses.js';

export interface EmbeddedOptions {
  /** Default: `scst`. */
  profile?: Profile | undefined;
  /**
   * Where persistent reservations and saved mode pages are kept. Default: a temporary directory that goes when the SCST is
   * closed, so that nothing but the backing files outlives it.
   */
  stateDirectory?: string | undefined;
  /** Modules to load, in order. Default: scst, scst_vdisk and scst_local with its default target and session. */
  modules?: readonly (string | { name: string; parameters: Readonly<Record<string, string>> })[] | undefined;
}

/** A core on the files of this machine, without any module loaded. */
export const createCore = (options: { profile?: Profile | undefined; stateDirectory: string }): ScstCore => {
  const stateDirectory = toByteString(encodeName(options.stateDirectory));
  return new ScstCore({
    profile: options.profile ?? 'scst',
    storage: new NodeStorage({ stateDirectory }),
    stateDirectory,
    cpus: availableParallelism(),
    kernelRelease: release(),
  });
};

/** An SCST in this process. */
export const embed = async ({ profile, stateDirectory, modules = ['scst', 'scst_vdisk', 'scst_local'] }: EmbeddedOptions = {}): Promise<Connection> => {
  const temporary = stateDirectory === undefined ? await mkdtemp(join(tmpdir(), 'scst-')) : undefined;
  const core = createCore({ profile, stateDirectory: stateDirectory ?? temporary ?? '' });
  const close = async (): Promise<void> => {
    await core.close();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    for (const module of modules) {
      const { name, parameters } = typeof module === 'string' ? { name: module, parameters: {} } : module;
      await core.modules.load(name, parameters);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return coreConnection(core, close);
};

/** A connection to a core of this process. */
export const coreConnection = (core: ScstCore, close: () => Promise<void>): Connection => ({
  kind: 'embedded',
  tree: core.tree,
  modules: core.modules,
  looks: coreLooks(core),
  scsiDevices: () => scsiDevicesOf(core),
  openLun: async (target, session, lun) => Promise.resolve(openLunsOf(core).open(core, target, session, lun)),
  usesOf: openUses,
  direct: directAccess(core),
  close,
});
