import { type LogicalUnit } from '@scst/scsi';
import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { Device } from './device.js';

/** A SCSI device of the machine that the embedding program lends to the core. */
export interface ScsiDeviceDescription {
  /** `H:C:I:L`, its name. */
  hctl: ByteString;
  /** Peripheral device type, SPC-5 6.7.2. */
  type: number;
  logicalUnit: LogicalUnit;
  /** Where its `scsi_device` link points: a path below `/sys`, e.g. `devices/pseudo_0/…/scsi_device/0:0:0:0`. */
  sysfsPath: ByteString;
}

/** A SCSI device of the machine, exported as it is. Without a handler its LUNs stay, but nothing executes their commands. */
export class PassThroughDevice extends Device {
  readonly kind = 'passthrough';
  readonly sysfsPath: ByteString;
  readonly #logicalUnit: LogicalUnit;

  constructor(core: ScstCore, description: ScsiDeviceDescription) {
    super(core, description.hctl, description.type);
    this.sysfsPath = description.sysfsPath;
    this.#logicalUnit = description.logicalUnit;
  }

  /** Null: no handler holds the device. */
  get logicalUnit(): LogicalUnit | null {
    return this.handler === null ? null : this.#logicalUnit;
  }
}
