import { type LogicalUnit } from '@scst/scsi';
import { type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { type DirectAccess } from './target-driver/driver-unit.js';
import { type ScsiDevice } from './scsi-device.js';

/** What handles need of the SCST they are handles on. */
export interface Context {
  readonly tree: SysfsTree;
  /** The SCSI devices of the machine that SCST's sessions see. */
  scsiDevices(options?: OperationOptions): Promise<ScsiDevice[]>;
  openLun(target: string, session: string, lun: number): Promise<LogicalUnit>;
  /** Who has SCSI devices open, each in words. */
  usersOf(devices: readonly ScsiDevice[]): Promise<string[]>;
  /** For target drivers, where the SCST is in this process. */
  readonly direct?: DirectAccess | undefined;
}
