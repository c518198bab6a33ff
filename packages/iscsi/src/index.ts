/**
 * The iSCSI protocol (RFC 7143), target side: an engine driven by bytes, and the sockets around it.
 *
 * ```js
 * import { listen } from '@scst/iscsi';
 * import { logicalUnitSink } from '@scst/scsi';
 * import { MemoryDisk } from '@scst/scsi/compliance';
 *
 * const disk = logicalUnitSink(new MemoryDisk());
 * const nexus = {
 *   submit: (lun, task) => disk.submit(task),
 *   abort: (lun, task) => disk.abort(task),
 *   manage: async () => 'not-supported',
 *   close: async () => undefined,
 * };
 * const target = { targetName: 'iqn.2026-11.com.example:disk1', openNexus: () => nexus };
 * const host = { discover: () => [target], findTarget: (initiator, name) => (name === target.targetName ? target : undefined) };
 * const server = await listen(host, { portals: [{ address: '127.0.0.1', port: 0 }] });
 * console.log(server.portals[0].address); // 127.0.0.1
 * await server.close();
 * ```
 *
 * @packageDocumentation
 */
export { createIscsiEngine } from './create-engine.js';
export { type ConnectionTransport, type EngineConnection, type IscsiEngine, type IscsiEvent, type IscsiServerOptions } from './engine.js';
export { IscsiError, type IscsiErrorCode } from './error.js';
export { type IscsiEnvironment, systemEnvironment } from './environment.js';
export {
  type ChapAlgorithm, type ChapAuthentication, type ChapCredentials, type ConnectionAddresses, type DigestName, type DiscoveredTarget, type FoundTarget,
  type InitiatorIdentity, type IscsiNexus, type IscsiTarget, type IscsiTargetHost, type ManagementOutcome, type NexusManagement, NO_SUCH_LUN,
  type TargetParameters, type TargetPortal,
} from './host.js';
export type { IscsiLimits } from './limits.js';
export type { NegotiatedParameters } from './login/parameters.js';
export { ISCSI_PORT, listen } from './net/listen.js';
export type { IscsiServer, ListenOptions, ListenPortal } from './net/listen-options.js';
export type { IscsiConnectionInfo, IscsiSession } from './session-info.js';
