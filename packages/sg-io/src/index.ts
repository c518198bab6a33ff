/**
 * SG_IO from Node: SCSI commands to the devices of Linux, many in flight, and what devices there are.
 *
 * ```js
 * import { discover, SG_IO_V3, V3_INTERFACE_ID } from '@scst/sg-io';
 *
 * for (const { address, sg } of await discover()) console.log(address, sg);
 * console.log(SG_IO_V3.encode({ interfaceId: V3_INTERFACE_ID, timeout: 5000 }).length); // 88
 * ```
 *
 * @packageDocumentation
 */
export { SgDevice, type SgDeviceOptions, type SgResetKind } from './sg-device.js';
export type { SgResult } from './sg-result.js';
export { SgError, type SgErrorCode } from './sg-error.js';
export { DRIVER_STATUS, driverStatusName, HOST_STATUS, hostStatusName } from './status-names.js';
export { DXFER, SG_IO_V3, V3_FLAG, V3_INTERFACE_ID } from './header/sg-io-v3.js';
export { SG_IO_V4, V4_FLAG, V4_GUARD } from './header/sg-io-v4.js';
export type { Layout, LayoutField, LayoutValues } from './header/layout.js';
export { awaitDevices, type AwaitDevicesOptions, isReady } from './discovery/await-devices.js';
export { deviceAt, discover, type DiscoverOptions } from './discovery/discover.js';
export { byAddress, type DiscoveredDevice } from './discovery/discovered-device.js';
export { DiscoveryError } from './discovery/errors.js';
export { deleteDevice, rescanDevice, rescanHost, type ScanScope, type ScsiHost, scsiHosts } from './discovery/hosts.js';
export { type MachineRoots } from './discovery/roots.js';
export { claimDisks, type DiskClaims, type WhatGoes } from './discovery/use/claims.js';
export { type DeviceUse, type UsableDevice } from './discovery/use/device-use.js';
export { findUses, type FindUsesOptions } from './discovery/use/find-uses.js';
export { formatLsscsi, formatProcScsi } from '@scst/scsi';
