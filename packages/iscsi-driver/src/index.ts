/**
 * iSCSI over scst_local: the targets of an SCST reached by the network.
 *
 * @example
 * import { serveIscsi } from '@scst/iscsi-driver';
 * import { Scst } from '@scst/local';
 *
 * await using scst = await Scst.open({ connect: 'embedded' });
 * await scst.handler('vdisk_nullio').add('disk1', { size_mb: 64 });
 * const target = await scst.driver().addTarget('iqn.2026-11.com.example:disks');
 * await target.luns.add('disk1', 0);
 * await using iscsi = await serveIscsi(scst, { portals: [{ address: '127.0.0.1', port: 0 }] });
 * console.log(iscsi.portals); // [ { address: '127.0.0.1', port: 40123 } ]
 *
 * @packageDocumentation
 */
export { iscsiBlock, joinConfig } from './config/join-config.js';
export { splitConfig, type SplitConfig } from './config/split-config.js';
export { IscsiDriverError } from './errors.js';
export { isIscsiName } from './iscsi-name.js';
export { formatPortal, ISCSI_PORT, isLoopback, parsePortal } from './portal.js';
export { type ScstIscsiServer, serveIscsi, type ServeIscsiOptions } from './serve-iscsi.js';
export { type ChapSettings, type IscsiSettings, type IscsiTargetSettings } from './settings.js';
export { type IscsiSessionStatus, type IscsiStatus } from './status.js';
