import { type LogicalUnit } from '@scst/scsi';
import { type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { type DirectAccess } from './target-driver/driver-unit.js';
import { type ScsiDevice } from './scsi-device.js';
import { type DiskClaims, type ScsiDeviceUse } from './use/use.js';

/** What handles need of the SCST they are handles on. */
export interface Context {
  readonly tree: SysfsTree;
  /** The SCSI devices of the machine that SCST's sessions see. */
  scsiDevices(options?: OperationOptions): Promise<ScsiDevice[]>;
  openLun(target: string, session: string, lun: number, options?: OperationOptions): Promise<LogicalUnit>;
  /** What holds SCSI devices. */
  usesOf(devices: readonly ScsiDevice[]): Promise<ScsiDeviceUse[]>;
  /** Takes the disks of devices for this process alone, where they are this machine's. */
  claimDisks?(devices: readonly ScsiDevice[]): Promise<DiskClaims>;
  /** For target drivers, where the SCST is in this process. */
  readonly direct?: DirectAccess | undefined;
}
