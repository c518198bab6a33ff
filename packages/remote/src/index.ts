/**
 * SCST over a unix socket: the control and the data seam, server and client.
 *
 * ```js
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { connect, serve } from '@scst/remote';
 * import { standardMemoryTree } from '@scst/sysfs/compliance';
 *
 * const socket = join(tmpdir(), `scst-example-${process.pid}.sock`);
 * const server = await serve({ tree: standardMemoryTree() }, { socket });
 * const remote = await connect(socket);
 * await remote.tree.write('targets/scst_local/mgmt', 'add_target t');
 * console.log(await remote.tree.list('targets/scst_local'));
 * await remote.close();
 * await server.close();
 * ```
 *
 * @packageDocumentation
 */
export { connect, findServer, type CallOptions, type ConnectOptions, type RemoteConnection } from './client/connect.js';
export { RemoteFile } from './client/remote-file.js';
export { RemoteLun } from './client/remote-lun.js';
export { RemoteModules } from './client/remote-modules.js';
export { RemoteTree } from './client/remote-tree.js';
export { RemoteError, type RemoteErrorCode, type RemoteErrorDetails } from './protocol/remote-error.js';
export { PROTOCOL, type ServerInfo } from './protocol/version.js';
export type { ServerLimits } from './server/limits.js';
export type { LunResolver } from './server/lun-route.js';
export type { RouteHandler, RouteRequest, Routes } from './server/route.js';
export { serve, type RemoteServer, type Served, type ServeOptions } from './server/serve.js';
