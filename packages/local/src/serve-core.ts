import { type ScstCore, ScstError } from '@scst/core';
import { type LogicalUnit } from '@scst/scsi';
import { type RemoteServer, serve, type Served, type ServeOptions } from '@scst/remote';
import { scsiDevicesOf } from './core-devices.js';
import { lookRoutes } from './looks.js';
import { openLunsOf } from './open-luns.js';

/** Serves a core of this process on a unix socket: its tree, its modules, its LUNs and its SCSI devices. */
export const serveCore = async (core: ScstCore, options: ServeOptions, extra: Pick<Served, 'info' | 'routes'> = {}): Promise<RemoteServer> =>
  await serve(
    {
      tree: core.tree,
      modules: core.modules,
      luns: (target, session, lun) => nexusOf(core, target, session, lun),
      devices: () => scsiDevicesOf(core),
      ...extra,
      routes: { ...lookRoutes(core), ...extra.routes },
    },
    options,
  );

/** Undefined where there is no such target or session. */
const nexusOf = (core: ScstCore, target: string, session: string, lun: number): LogicalUnit | undefined => {
  try {
    return openLunsOf(core).open(core, target, session, lun);
  } catch (error) {
    if (error instanceof ScstError && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
