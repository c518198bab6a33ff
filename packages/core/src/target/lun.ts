import { type Device } from '../device/device.js';
import { type AccessGroup } from './access-group.js';

/** The highest LUN SCST maps (SAM-6 flat space addressing). */
export const MAX_LUN = 16383;

/** A device under a number in a set of LUNs (SCST's `acg_dev`). */
export class Lun {
  readonly set: AccessGroup;
  readonly number: number;
  readonly device: Device;
  /** Asked for when the LUN was added. */
  readonly readOnly: boolean;
  /** The K of `devices/NAME/exported/exportK`. */
  readonly exportNumber: number;

  constructor(set: AccessGroup, number: number, device: Device, readOnly: boolean, exportNumber: number) {
    this.set = set;
    this.number = number;
    this.device = device;
    this.readOnly = readOnly;
    this.exportNumber = exportNumber;
  }

  /** A read-only device makes each of its LUNs read-only (SPEC sysfs 5). */
  get effectiveReadOnly(): boolean {
    return this.readOnly || this.device.readOnly;
  }
}
