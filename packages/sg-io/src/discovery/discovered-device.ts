import { type ListedScsiDevice } from '@scst/scsi';

/** A SCSI device of the machine, as sysfs shows it. */
export interface DiscoveredDevice extends ListedScsiDevice {
  /** `H:C:I:L`, also where a number is too big for the others. */
  readonly address: string;
  /** `/dev/bsg/H:C:I:L`; undefined where there is none. */
  readonly bsg: string | undefined;
  /** The driver bound to it: `sd`, `sr`, `st`, `ch`, `ses` …; undefined where none is. */
  readonly driver: string | undefined;
  /** `running`, `created`, `blocked`, `quiesce`, `offline`, `transport-offline`, `cancel`, `deleted`. */
  readonly state: string;
  /** Milliseconds after which the kernel gives up on a command of a driver; undefined where it does not say. */
  readonly timeout: number | undefined;
  /** How many commands the kernel sends it at a time. */
  readonly queueDepth: number | undefined;
  /** Its directory below `/sys`: `devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0`. */
  readonly sysfsPath: string;
}

/** In order of addresses, as Linux's tools list them. */
export const byAddress = (left: ListedScsiDevice, right: ListedScsiDevice): number =>
  left.host - right.host || left.channel - right.channel || left.id - right.id || left.lun - right.lun;
