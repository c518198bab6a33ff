import { readU32 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import {
  decodeReadFullStatus, decodeReadKeys, decodeReadReservation, decodeReportCapabilities, type ReadFullStatus, type ReadKeys, type ReadReservation,
  type ReportCapabilities,
} from '../data/persistent-reservations/in.js';
import { encodePersistentReserveOut, encodeRegisterAndMove, type PersistentReserveOutInput, type RegisterAndMove } from '../data/persistent-reservations/out.js';
import type { LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, executeGrowing, executeIn, executeOut } from './execute.js';

type Build = (values: { readonly allocationLength: number }) => Uint8Array;

/** The data of PERSISTENT RESERVE IN, however long the list is. */
function reserveIn(lu: LogicalUnit, build: Build, options?: CommandOptions): Promise<Uint8Array> {
  return executeGrowing(
    lu,
    { cdb: (allocationLength) => build({ allocationLength }), whole: (list) => 8 + readU32(list, 4), first: 4096, most: 0xffff },
    options,
  );
}

/** PERSISTENT RESERVE IN, SPC-5 6.16, by its service actions. */
export const persistentReserveIn = {
  /** The key of every registration. */
  readKeys: async (lu: LogicalUnit, options?: CommandOptions): Promise<ReadKeys> => {
    return decodeReadKeys(await reserveIn(lu, cdb.readKeys, options));
  },
  /** Who holds the reservation, if anybody does. */
  readReservation: async (lu: LogicalUnit, options?: CommandOptions): Promise<ReadReservation> => {
    return decodeReadReservation(await reserveIn(lu, cdb.readReservation, options));
  },
  reportCapabilities: async (lu: LogicalUnit, options?: CommandOptions): Promise<ReportCapabilities> => {
    const allocationLength = 255;
    return decodeReportCapabilities(await executeIn(lu, cdb.reportCapabilities({ allocationLength }), allocationLength, options));
  },
  /** Every registration with its initiator port, and which holds the reservation. */
  readFullStatus: async (lu: LogicalUnit, options?: CommandOptions): Promise<ReadFullStatus> => {
    return decodeReadFullStatus(await reserveIn(lu, cdb.readFullStatus, options));
  },
} as const;

/** Options of REGISTER and REGISTER AND IGNORE EXISTING KEY. */
export type RegisterOptions = CommandOptions & PersistentReserveOutInput;

/** Options of the service actions that concern a reservation. */
export interface ReservationOptions extends CommandOptions {
  /** The key this initiator is registered with. */
  readonly key: bigint;
  /** {@link RESERVATION_TYPE} */
  readonly type: number;
  /** {@link RESERVATION_SCOPE}. Default: the logical unit. */
  readonly scope?: number | undefined;
}

export interface PreemptOptions extends ReservationOptions {
  /** SERVICE ACTION RESERVATION KEY: whose registrations to remove. */
  readonly serviceActionKey: bigint;
  /** Abort their commands as well: PREEMPT AND ABORT. */
  readonly abort?: boolean | undefined;
}

/** REGISTER AND MOVE: everything but UNREG and APTPL must be given. */
export type RegisterAndMoveOptions = CommandOptions &
  Pick<RegisterAndMove, 'key' | 'serviceActionKey' | 'relativeTargetPort' | 'transportId'> &
  Partial<RegisterAndMove> & {
    /** {@link RESERVATION_TYPE} of the reservation that moves. */
    readonly type: number;
  };

type BuildOut = (values: { readonly scope?: number | undefined; readonly type?: number | undefined; readonly parameterListLength: number }) => Uint8Array;

interface OutOptions extends CommandOptions {
  readonly scope?: number | undefined;
  readonly type?: number | undefined;
}

async function reserveOut(lu: LogicalUnit, build: BuildOut, list: Uint8Array, options: OutOptions): Promise<void> {
  await executeOut(lu, build({ scope: options.scope, type: options.type, parameterListLength: list.length }), list, options);
}

/**
 * PERSISTENT RESERVE OUT, SPC-5 6.17, by its service actions. Each throws {@link ScsiError} `RESERVATION_CONFLICT` when the key is not this
 * initiator's or another holds the reservation.
 */
export const persistentReserveOut = {
  /** Register `serviceActionKey`, change the key to it, or with zero unregister. `key` is the present one, zero for none. */
  register: async (lu: LogicalUnit, options: RegisterOptions): Promise<void> => {
    await executeOut(lu, ...registration(cdb.register, options), options);
  },
  /** The same whatever key this initiator is registered with now. */
  registerAndIgnoreExistingKey: async (lu: LogicalUnit, options: RegisterOptions): Promise<void> => {
    await executeOut(lu, ...registration(cdb.registerAndIgnoreExistingKey, options), options);
  },
  reserve: async (lu: LogicalUnit, options: ReservationOptions): Promise<void> => {
    await reserveOut(lu, cdb.reserve, encodePersistentReserveOut({ key: options.key }), options);
  },
  release: async (lu: LogicalUnit, options: ReservationOptions): Promise<void> => {
    await reserveOut(lu, cdb.release, encodePersistentReserveOut({ key: options.key }), options);
  },
  /** Remove the reservation and every registration. */
  clear: async (lu: LogicalUnit, options: CommandOptions & { readonly key: bigint }): Promise<void> => {
    await reserveOut(lu, cdb.clear, encodePersistentReserveOut({ key: options.key }), options);
  },
  /** Remove other registrations, and take over the reservation if it was theirs. */
  preempt: async (lu: LogicalUnit, options: PreemptOptions): Promise<void> => {
    const { key, serviceActionKey, abort = false } = options;
    await reserveOut(lu, abort ? cdb.preemptAndAbort : cdb.preempt, encodePersistentReserveOut({ key, serviceActionKey }), options);
  },
  /** Register another nexus and hand it the reservation. */
  registerAndMove: async (lu: LogicalUnit, options: RegisterAndMoveOptions): Promise<void> => {
    await reserveOut(lu, cdb.registerAndMove, encodeRegisterAndMove(options), options);
  },
} as const;

function registration(build: BuildOut, options: RegisterOptions): [Uint8Array, Uint8Array] {
  const list = encodePersistentReserveOut(options);
  return [build({ parameterListLength: list.length }), list];
}
