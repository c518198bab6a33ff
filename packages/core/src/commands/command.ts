/**
 * The command table's row type: what a command *is*, apart from the machine that runs it.
 *
 * Every operation code that SCST's own table knows for a device type is a row, also those that no handler implements: their
 * CDB, direction, reservation class and write mark still count, and then they end in 5/20/00 (`execute` absent).
 *
 * A family of commands lives in one file, which exports an array of rows made with {@link defineCommand}; `table.ts` lists the
 * arrays. Reservation checks, ALUA checks, REPORT SUPPORTED OPERATION CODES and the reference page read these columns.
 *
 * `execute` is called once all checks have passed (SPEC 2) and must end the command exactly once, now or later, through one of
 * the {@link ActiveCommand}'s methods: `good()`, `reply(bytes)`, `fail(condition)`, `invalidFieldInCdb(byte, bit?)`,
 * `invalidFieldInParameterList(byte, bit?)`, `end(status)`. It must not throw: whatever it throws ends the command with 4/44/00.
 *
 * ```ts
 * export const testUnitReady = defineCommand({
 *   opcode: OPCODE.TEST_UNIT_READY,
 *   name: 'TEST UNIT READY',
 *   on: ['disk', 'cdrom'],
 *   direction: 'none',
 *   whileReserved: 'always',
 *   execute: (command) => command.good(),
 * });
 * ```
 */
import type { ActiveCommand } from '../nexus/active-command.js';
import type { DeviceKind } from '../nexus/objects.js';
import type { Difference, Profile } from '../profile.js';

/** Which of SCST's two virtual device types a row is for. Pass-through devices of other types use the row of `disk`. */
export type DeviceClass = 'disk' | 'cdrom';

export type Direction = 'none' | 'in' | 'out' | 'bidi';

/**
 * What another session's reservation lets through (the matrix of SPEC 13).
 *
 * - `always`: everything lets it through.
 * - `reads`: write exclusive persistent reservations do; exclusive access ones and RESERVE do not.
 * - `writes`: none does.
 * - `persistent`: any persistent reservation does (the command has its own rules), RESERVE does not.
 * - `release`: RESERVE does; persistent reservations are looked at by the command itself.
 * - `reserve`: RESERVE does not; persistent reservations are looked at by the command itself.
 * - `security`: RESERVE and write exclusive do, exclusive access does not.
 */
export type ReservationClass = 'always' | 'reads' | 'writes' | 'persistent' | 'release' | 'reserve' | 'security';

/** What each class may pass: another session's RESERVE, a write exclusive, an exclusive access persistent reservation. */
export const RESERVATION_CLASSES: Readonly<
  Record<ReservationClass, { readonly reserve: boolean; readonly writeExclusive: boolean; readonly exclusiveAccess: boolean }>
> = {
  always: { reserve: true, writeExclusive: true, exclusiveAccess: true },
  reads: { reserve: false, writeExclusive: true, exclusiveAccess: false },
  writes: { reserve: false, writeExclusive: false, exclusiveAccess: false },
  persistent: { reserve: false, writeExclusive: true, exclusiveAccess: true },
  release: { reserve: true, writeExclusive: true, exclusiveAccess: true },
  reserve: { reserve: false, writeExclusive: true, exclusiveAccess: true },
  security: { reserve: true, writeExclusive: true, exclusiveAccess: false },
};

/**
 * The worst asymmetric access state in which the command is still accepted (SPEC 14): `active` (and nonoptimized) only,
 * `standby` too, `unavailable` (and offline) too, or `transitioning` too.
 */
export type AluaAcceptance = 'active' | 'standby' | 'unavailable' | 'transitioning';

/** Position and size of a CDB field, both in bytes. */
export interface CdbField {
  readonly at: number;
  readonly bytes: 1 | 2 | 3 | 4 | 8;
}

/** One entry of REPORT SUPPORTED OPERATION CODES. */
export interface OperationCodeReport {
  /** Place in the "all commands" list: ascending. */
  readonly order: number;
  /** CDB USAGE DATA, as long as the CDB. */
  readonly usage: readonly number[];
  /** Recommended command timeout in seconds. */
  readonly timeout: number;
  /** Listed only while this holds. */
  readonly when?: (command: ActiveCommand) => boolean;
}

export type Execute = (command: ActiveCommand) => void;

/** Profiles whose command differs from that of the others, and why. */
export interface ProfileVariant extends Difference {
  readonly profiles: readonly Profile[];
}

export interface CommandRow {
  /** These profiles alone have the row, in place of the one with the same code that all have. Absent: all have it. */
  readonly only?: ProfileVariant;
  readonly opcode: number;
  /** Bits 0-4 of byte 1 (16-byte service actions, MAINTENANCE) or bytes 8-9 (32-byte commands). Absent: any. */
  readonly serviceAction?: number;
  /** The standard's name. */
  readonly name: string;
  readonly on: readonly DeviceClass[];
  /** As the CDB alone tells; a transfer length of zero makes it `none` after the check of the initiator's direction. */
  readonly direction: Direction;
  /** LOGICAL BLOCK ADDRESS; the range check applies to rows that have it. */
  readonly lba?: CdbField & { readonly mask?: number };
  /** TRANSFER LENGTH, ALLOCATION LENGTH or PARAMETER LIST LENGTH. */
  readonly length?: CdbField;
  /** `blocks`: `length` counts logical blocks. Default `bytes`. */
  readonly unit?: 'blocks' | 'bytes';
  /** An initiator that declares data-in is not refused although there is none. */
  readonly toleratesDataIn?: boolean;
  /** Bytes moved by a command whose CDB has no length. */
  readonly fixedLength?: number;
  /** The length is what the initiator declares (at most 15 MiB). */
  readonly lengthFromInitiator?: boolean;
  /**
   * Checks and decoding of SPEC 2 step 2 beyond the columns: runs after lba and length were read, may change
   * `command.direction`, `transferLength`, `rangeLength`, or fail the command (then returns false).
   */
  readonly decode?: (command: ActiveCommand) => boolean;
  /**
   * Looks at the parameter list as soon as it is there: before asymmetric access, reservations and unit attentions. May fail
   * the command (then returns false).
   */
  readonly prepare?: (command: ActiveCommand) => boolean;
  readonly whileReserved: ReservationClass | ((cdb: Uint8Array) => ReservationClass);
  /** Default `active`. */
  readonly alua?: AluaAcceptance;
  /** Executes although a unit attention is pending, and leaves it there. */
  readonly passesUnitAttention?: boolean;
  /** Executes as if sent HEAD OF QUEUE. */
  readonly headOfQueue?: boolean;
  /** No other command of the device runs at the same time. */
  readonly exclusive?: boolean;
  /** Executes while FORMAT UNIT is at work. */
  readonly whileFormatting?: boolean;
  /** Executes although a SANITIZE has failed, and may mend that. */
  readonly mendsSanitize?: boolean;
  /** No command on the same blocks runs at the same time (SBC-4 4.25, COMPARE AND WRITE). */
  readonly atomic?: boolean;
  /** Refused with 7/00/00 on a write-protected LUN, also where unsupported. */
  readonly writesMedium?: boolean;
  /**
   * Runs in the core whatever the device is, before the handler looks at the medium or `active`: its own checks come first, and
   * pass-through devices do not see it.
   */
  readonly local?: boolean;
  /** `local`, and not even the handler's parsing sees it. */
  readonly fullyLocal?: boolean;
  /** The function, for all kinds of device or by kind. Absent for a kind: 5/20/00. */
  readonly execute?: Execute | Partial<Readonly<Record<DeviceKind, Execute>>>;
  /** Executes on a vcdrom without a medium. Default: needs one. */
  readonly needsMedium?: boolean;
  /** Executes on a device whose `active` is 0. Default: needs the backing file. */
  readonly worksInactive?: boolean;
  readonly report?: OperationCodeReport;
  /**
   * The row's functions keep no reference to a command they have ended, so that the object may serve the next one. For the
   * commands that come by the thousand.
   */
  readonly reusable?: boolean;
}

/** What a row of the profile `t10` alone says of itself. */
export function t10Only(clause: string, why: string): ProfileVariant {
  return { profiles: ['t10'], clause, why };
}

/** Says that an object is a row; a place for the compiler to check its columns. */
export function defineCommand(row: CommandRow): CommandRow {
  return row;
}
