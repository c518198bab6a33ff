/**
 * SCST in user space: target drivers, device handlers, access control, persistent reservations and ALUA, and the sysfs tree that
 * administers them. `core.tree` is a `SysfsTree`, `core.nexus(…)` a `LogicalUnit`: what is written against those two runs against
 * this core as against the kernel.
 *
 * @example
 * import { ScstCore } from '@scst/core';
 *
 * await using core = new ScstCore();
 * await core.modules.load('scst');
 * await core.modules.load('scst_vdisk');
 * await core.modules.load('scst_local');
 * await core.tree.write('handlers/vdisk_nullio/mgmt', 'add_device disk1 size_mb=16');
 * await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add disk1 0');
 * await using disk = core.nexus('scst_local_tgt', 'scst_local_host', 0);
 * const { dataIn } = await disk.execute({ cdb: Uint8Array.of(0x12, 0, 0, 0, 36, 0), dataIn: new Uint8Array(36) });
 *
 * @packageDocumentation
 */
export { type Administration } from './administration.js';
export { DeviceGroup } from './alua/device-group.js';
export { ALUA_STATES, type AluaState, TargetGroup, TargetGroupMember } from './alua/target-group.js';
export { type ByteString } from './bytes.js';
export { type Clock } from './clock.js';
export { ScstCore, type ScstCoreOptions } from './core.js';
export { Device, type ThreadsPoolType } from './device/device.js';
export { PassThroughDevice, type ScsiDeviceDescription } from './device/pass-through-device.js';
export { type Protection, type ProtectionMode } from './device/protection.js';
export { VirtualDevice } from './device/virtual-device.js';
export { type VirtualDeviceOptions } from './device/virtual-device-options.js';
export { ScstError } from './errors.js';
export { DeviceHandler, type DeviceHandlerOptions } from './handlers/device-handler.js';
export { type HeldDevice, ScsiHosts } from './initiator/scsi-hosts.js';
export { ScsiDevice } from './initiator/scsi-device.js';
export { ScsiHost } from './initiator/scsi-host.js';
export { type ModuleDefinition, ModuleValues } from './modules/module.js';
export { ModuleTable } from './modules/module-table.js';
export { type ModuleParameter } from './modules/parameter.js';
export { NexusLogicalUnit } from './nexus/logical-unit.js';
export { type ScsiTask } from './nexus/task.js';
export { type Profile } from './profile.js';
export {
  type BlockStore,
  type OpenStoreOptions,
  type Storage,
  type StoreCallback,
  StoreError,
  type StoreExtent,
  type StoreGeometry,
} from './store/block-store.js';
export { MemoryStore } from './store/memory-store.js';
export { type EmulatedBlockDevice, NodeStorage, type NodeStorageOptions } from './store/node-storage.js';
export { sweepStateFiles } from './store/sweep.js';
export { AccessGroup, type AddressingMethod, type BlackHole, type InitiatorPattern, type IoGrouping } from './target/access-group.js';
export { type DataDirection, type DirectionCount, IoCounters } from './target/counters.js';
export { CopyManager } from './target/copy-manager.js';
export { GlobalGroups } from './target/global-groups.js';
export { LatencyRecorder } from './target/latency.js';
export { Lun, MAX_LUN } from './target/lun.js';
export { ScstLocalDriver } from './target/scst-local.js';
export { Session } from './target/session.js';
export { TargetDriver, type TargetDriverOptions } from './target/target-driver.js';
export { Target } from './target/target.js';
export { matchesPattern } from './target/wildcard.js';
