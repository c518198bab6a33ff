/**
 * Whose behaviour the core shows.
 *
 * - `recorded`: SCST 3.11.0-pre on Linux 6.1, bug for bug.
 * - `scst`: the same less the defects that break what SCST's own documentation promises.
 * - `t10`: what SPC-5, SBC-4 and SAM-6 ask.
 *
 * A profile is data in the rows of the command and attribute tables, never an `if` in the flow.
 */
export type Profile = 'recorded' | 'scst' | 't10';

export const PROFILES: readonly Profile[] = ['recorded', 'scst', 't10'];

/** What is to be said of a difference between profiles. */
export interface Difference {
  /** What differs, and why. */
  readonly why: string;
  /** The clause of a standard, or of SCST's description, that decides. */
  readonly clause: string;
}

/** A difference for each field of a table of rules: a rule that nobody has explained does not compile. */
export type Explained<Rules> = Readonly<Record<keyof Rules, Difference>>;

/** What a profile changes in the control plane. Each true value is a defect of SCST. */
export interface ControlRules {
  /** A written `transport_id` is only read back; persistent reservations keep to the driver's (SPEC sysfs 7). */
  readonly writtenTransportIdIgnored: boolean;
  /** Removing a target through the wrong target group leaves a dead entry in its own (SPEC sysfs 10). */
  readonly deadTargetGroupEntries: boolean;
  /** A device called like a file of its handler is refused, but takes that file away (SPEC sysfs 16). */
  readonly reservedNamesTakeFiles: boolean;
  /** An initiator's name, or a target's in a target group, with `/` makes the directory unreadable; otherwise it shows as `!` (SPEC sysfs 6.2). */
  readonly slashBreaksLists: boolean;
  /** A `size` that is refused as it is not whole blocks still announces a change of capacity, while the device's file is open. */
  readonly refusedSizeAnnounced: boolean;
  /** A vcdrom whose medium is changed without being removed takes the new file's size, and goes on reading the old file. */
  readonly changedMediumReadsOldFile: boolean;
  /** A `naa_id` or `eui64_id` that is refused for a digit leaves the digits before it in the present one. */
  readonly refusedIdLeavesDigits: boolean;
  /** A device is activated on a file that holds no blocks: a character device or, for a read-only device, a directory. */
  readonly activeOnAnyFile: boolean;
  /** `active` opens the file only of a device that is a LUN of a session; for others a missing file is no failure. */
  readonly unusedFileNotOpened: boolean;
  /** A `blocksize` of which bit 31 is set makes a device with blocks of 2^31 bytes, which is shown as a negative number. */
  readonly blockSizeOverflows: boolean;
  /** `resync_size` takes the size of a file that has taken the name of the open one, and writes behind the end of that are lost with it. */
  readonly replacedFileLendsSize: boolean;
}

const RECORDED: ControlRules = {
  writtenTransportIdIgnored: true,
  deadTargetGroupEntries: true,
  reservedNamesTakeFiles: true,
  slashBreaksLists: true,
  refusedSizeAnnounced: true,
  changedMediumReadsOldFile: true,
  refusedIdLeavesDigits: true,
  activeOnAnyFile: true,
  unusedFileNotOpened: true,
  blockSizeOverflows: true,
  replacedFileLendsSize: true,
};

const MENDED: ControlRules = {
  writtenTransportIdIgnored: false,
  deadTargetGroupEntries: false,
  reservedNamesTakeFiles: false,
  slashBreaksLists: false,
  refusedSizeAnnounced: false,
  changedMediumReadsOldFile: false,
  refusedIdLeavesDigits: false,
  activeOnAnyFile: false,
  unusedFileNotOpened: false,
  blockSizeOverflows: false,
  replacedFileLendsSize: false,
};

export const CONTROL_RULES: Readonly<Record<Profile, ControlRules>> = { recorded: RECORDED, scst: MENDED, t10: MENDED };

export const controlRules = (profile: Profile): ControlRules => CONTROL_RULES[profile];

/** Why the profiles differ. */
export const CONTROL_RULE_DIFFERENCES: Explained<ControlRules> = {
  writtenTransportIdIgnored: {
    clause: "SCST's sysfs description, `transport_id` of a session",
    why: 'The written TransportID is read back, but persistent reservations keep to the one that the session began with.',
  },
  deadTargetGroupEntries: {
    clause: "SCST's sysfs description, target groups",
    why: 'A target removed through a target group that it is not in leaves an entry in its own one that leads nowhere.',
  },
  reservedNamesTakeFiles: {
    clause: "SCST's sysfs description, `add_device`",
    why: "A device that is called like a file of its handler is refused, but the handler's file is gone from then on.",
  },
  slashBreaksLists: {
    clause: "SCST's sysfs description, `initiators` and target groups",
    why: 'The name of an initiator, or of a target in a target group, with a slash makes the directory unreadable. Otherwise the slash shows as an exclamation mark, and of two initiator names that show alike a group takes one.',
  },
  refusedSizeAnnounced: {
    clause: 'SBC-4, changes of capacity',
    why: 'A `size` that is refused still raises CAPACITY DATA HAS CHANGED.',
  },
  changedMediumReadsOldFile: {
    clause: "SCST's sysfs description, `filename` of a vcdrom",
    why: 'A vcdrom whose file is replaced by another one has the size of the new file and goes on reading the old one.',
  },
  refusedIdLeavesDigits: {
    clause: "SCST's sysfs description, `naa_id` and `eui64_id`",
    why: 'An id of the right length with a character that is no hex digit is refused, but the digits before it overwrite those of the present id.',
  },
  activeOnAnyFile: {
    clause: "SCST's sysfs description, `active`",
    why: 'Writing 1 to `active` succeeds although the file is a character device or, for a read-only device, a directory.',
  },
  unusedFileNotOpened: {
    clause: "SCST's sysfs description, `active` and `resync_size`",
    why: 'While a device is nowhere a LUN its file is not open: `active` succeeds without the file, `resync_size` fails.',
  },
  blockSizeOverflows: {
    clause: "SCST's sysfs description, `blocksize`",
    why: 'A `blocksize` that is negative as a 32-bit number is taken for 2147483648 bytes, which shows as a negative number.',
  },
  replacedFileLendsSize: {
    clause: "SCST's sysfs description, `resync_size`",
    why: 'Where another file has taken the name of the one that is open, `resync_size` takes its size; what is then written goes to the old file, which nobody finds any more.',
  },
};
