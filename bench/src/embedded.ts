import { NodeStorage, ScstCore } from '@scst/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Embedded extends AsyncDisposable {
  core: ScstCore;
  directory: string;
}

/** A core with scst, scst_vdisk and scst_local (its default target and session) on files of a temporary directory. */
export const embedded = async (): Promise<Embedded> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-bench-'));
  const core = new ScstCore({ storage: new NodeStorage(), stateDirectory: join(directory, 'state'), scan: 'manual' });
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module);
  return {
    core,
    directory,
    async [Symbol.asyncDispose]() {
      await core.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export const TARGET = 'targets/scst_local/scst_local_tgt';
