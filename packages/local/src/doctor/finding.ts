/** What a finding is about. */
export type FindingCode =
  /** A file system, swap or stacked device on a device of a handler that goes through the page cache: the machine's memory can deadlock. */
  | 'memory-deadlock'
  /** A device's backing file is, or lies on, what an SCST device holds. */
  | 'backing-loop'
  | 'missing-file'
  /** Several devices write to one file. */
  | 'shared-file'
  /** A device's backing file is shorter than the device. */
  | 'short-file'
  | 'suspended'
  | 'management-busy'
  /** The machine has no SCSI device for a LUN of a session. */
  | 'lun-not-found'
  /** The machine has a SCSI device for a LUN that is not mapped any more. */
  | 'device-left-over'
  | 'device-state'
  | 'no-sg'
  | 'no-handler'
  | 'no-lun-0'
  | 'black-hole'
  /** A mounted tree whose server is gone. */
  | 'stale-mount'
  /** A mount whose server does not answer: a mounted tree, or what a device's file lies on. */
  | 'silent-mount'
  /** What only root can see was not looked at. */
  | 'not-root';

/** Something that is unhealthy, or worth knowing. */
export interface Finding {
  readonly code: FindingCode;
  /** `error`: data or the machine is in danger; `warning`: something does not work; `note`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'note';
  /** What it is about: a device's name, the path of an object, a mount point. */
  readonly subject: string;
  readonly message: string;
  /** What the person can do about it. */
  readonly hint: string;
}
