/**
 * An SCST and what is in it: targets, sessions, LUNs, devices. Kernel or user space, it is the same code.
 *
 * @example
 * import { Scst } from '@scst/local';
 * import { inquiry } from '@scst/scsi';
 *
 * await using scst = await Scst.open({ connect: 'embedded' });
 * await scst.handler('vdisk_nullio').add('disk1');
 * const target = scst.driver().target('scst_local_tgt');
 * await target.luns.add('disk1', 0);
 * const [session] = await target.sessions();
 * const [device] = await session.devices(); // { address: '0:0:0:0', vendor: 'SCST_FIO', model: 'disk1', … }
 * await using lun = await session.open(0);
 * const { productIdentification } = await inquiry(lun);
 *
 * @packageDocumentation
 */
export { Attributes } from './attributes.js';
export { type ConnectOptions } from './connect.js';
export { type Connection } from './connection.js';
export { type Context } from './context.js';
export { Device } from './device.js';
export { DeviceGroup, TargetGroup } from './device-group.js';
export { diagnose, type DiagnoseOptions } from './doctor/diagnose.js';
export { type Finding, type FindingCode } from './doctor/finding.js';
export { TargetDriver } from './driver.js';
export { coreConnection, createCore, type EmbeddedOptions } from './embedded.js';
export { LocalError } from './errors.js';
export { type Export, type Lun } from './exports.js';
export { Group, Initiators } from './group.js';
export { Handler } from './handler.js';
export { LunSet, type LunOptions, type ReplaceOptions } from './lun-set.js';
export { lendScsiDevices, type LentDevices, type NotLent } from './pass-through/lend-devices.js';
export { defaultSocket, defaultStateDirectory } from './places.js';
export { type ScsiDevice } from './scsi-device.js';
export { Scst } from './scst.js';
export { serveCore } from './serve-core.js';
export { Session } from './session.js';
export { isAlive, type ProcessIdentity, thisProcess } from './process-life.js';
export { lockState, type StateLock, StateLockedError } from './state-lock.js';
export { Target, type AddSessionOptions } from './target.js';
export { DriverSession } from './target-driver/driver-session.js';
export { DriverTarget, type DriverSessionOptions, type DriverTargetOptions } from './target-driver/driver-target.js';
export { type DriverUnit } from './target-driver/driver-unit.js';
export { type LunChanges, type SeenLun } from './target-driver/lun-view.js';
export { createTargetDriver, type TargetDriverOptions, UserTargetDriver } from './target-driver/target-driver.js';
export { type ScsiTask } from '@scst/core';
export { type RemovalOptions, type UsesOptions } from './use/find-uses.js';
export { type TreeWrite } from './use/effect.js';
export { guard, guardWrite, manageUnlessUsed } from './use/guard-write.js';
export { inUse, type InUseSubject } from './use/in-use.js';
export { moduleUses, unloadModule } from './use/module-uses.js';
export { refuseWhileInUse } from './use/refuse.js';
export { type DiskClaims, type ScsiDeviceUse, type Use } from './use/use.js';
export {
  type IoSample,
  type IoTotals,
  type LatencyTotals,
  type LunSample,
  type SessionSample,
  type StatisticsSample,
} from './statistics/sample.js';
export { type IoRate, type IoRates, type LunRates, ratesBetween, type SessionRates, type StatisticsRates } from './statistics/rates.js';
export { eventsBetween, type ScstEvent } from './watch/events.js';
export {
  type DeviceGroupObject,
  type DeviceObject,
  type GroupObject,
  type InitiatorObject,
  type LunObject,
  OBJECT_KINDS,
  type ObjectKind,
  type ScstObject,
  type ScstState,
  type SessionObject,
  type TargetGroupObject,
  type TargetObject,
} from './watch/objects.js';
export { type EventOptions, pause } from './watch/watch.js';
