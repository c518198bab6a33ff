import { type CommandResult } from '@scst/scsi';

/** What the kernel gave back, its three statuses kept apart. */
export interface SgResult extends CommandResult {
  /** SAM-6 status of the device: `STATUS` of @scst/scsi. Of no meaning where `hostStatus` is not 0. */
  readonly status: number;
  /** What became of the command on its way: `HOST_STATUS`, 0 where it got through. */
  readonly hostStatus: number;
  /** What the kernel's own layers say: `DRIVER_STATUS`. */
  readonly driverStatus: number;
  /** The residual as the kernel gives it: bytes offered less bytes moved, as far as the host's driver counts them. */
  readonly residual: number;
  /** Milliseconds, as the kernel measured them; bsg leaves it at 0. */
  readonly duration: number;
}
