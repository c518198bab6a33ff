import { type ScstCore } from '@scst/core';
import { serveCore } from '@scst/local';
import { connect } from '@scst/remote';
import { join } from 'node:path';
import { type OpenDoor, refuseStructure } from './door.js';
import { type Sandbox } from './sandbox.js';

/** The core behind a unix socket. What lies outside `scst_tgt` is not served; it is seen in memory. */
export const remoteDoor = async (core: ScstCore, sandbox: Sandbox): Promise<OpenDoor> => {
  const socket = join(sandbox.root, 'scst.sock');
  const server = await serveCore(core, { socket });
  const connection = await connect(socket);
  const { modules, tree } = connection;
  if (modules === undefined) throw new Error('the server does not serve its modules');
  return {
    tree,
    system: core.system,
    modules,
    logicalUnit: (target, session, lun) => connection.lun(target, session, lun),
    structure: refuseStructure,
    async close() {
      await connection.close();
      await server.close();
    },
  };
};
