import { commandName, commandOf } from '../cdb/commands.js';
import { readField } from '../field.js';
import type { CommandResult } from '../logical-unit.js';
import { STATUS } from '../logical-unit.js';
import { tryDecodeSense } from '../sense/decode-sense.js';
import { explainSense } from '../sense/describe-sense.js';
import type { Sense } from '../sense/sense.js';
import { type SenseCondition, isCondition } from '../sense/sense-condition.js';
import { statusName } from '../status.js';

/** {@link ScsiError.code}: the status that ended the command. */
export type ScsiErrorCode =
  | 'CHECK_CONDITION'
  | 'BUSY'
  | 'RESERVATION_CONFLICT'
  | 'TASK_SET_FULL'
  | 'ACA_ACTIVE'
  | 'TASK_ABORTED'
  /** A status code that SAM-6 does not name. */
  | 'UNKNOWN_STATUS';

const CODES: Readonly<Record<number, ScsiErrorCode>> = {
  [STATUS.CHECK_CONDITION]: 'CHECK_CONDITION',
  [STATUS.BUSY]: 'BUSY',
  [STATUS.RESERVATION_CONFLICT]: 'RESERVATION_CONFLICT',
  [STATUS.TASK_SET_FULL]: 'TASK_SET_FULL',
  [STATUS.ACA_ACTIVE]: 'ACA_ACTIVE',
  [STATUS.TASK_ABORTED]: 'TASK_ABORTED',
};

/**
 * A command that the logical unit ended with a status other than GOOD. The message names the command and what went wrong:
 * `WRITE(10) at LBA 5: CHECK CONDITION, ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)`.
 */
export class ScsiError extends Error {
  readonly code: ScsiErrorCode;
  /** The CDB that was sent. */
  readonly cdb: Uint8Array;
  /** {@link commandName} of it. */
  readonly commandName: string;
  /** {@link STATUS} */
  readonly status: number;
  /** Sense data as delivered, empty when there was none. */
  readonly sense: Uint8Array;
  /** The same, decoded; absent when there was none or it cannot be read. */
  readonly decodedSense?: Sense | undefined;
  /** Offered bytes less bytes moved. */
  readonly residual: number;

  /** `deviceType` as in {@link commandName}. */
  constructor(cdb: Uint8Array, result: Pick<CommandResult, 'status' | 'sense' | 'residual'>, deviceType?: number) {
    const decodedSense = tryDecodeSense(result.sense);
    const name = commandName(cdb, deviceType);
    const explained = decodedSense === undefined ? '' : `, ${explainSense(decodedSense, cdb, deviceType).join('; ')}`;
    super(`${name}${place(cdb, deviceType)}: ${statusName(result.status)}${explained}`);
    this.name = 'ScsiError';
    this.code = CODES[result.status] ?? 'UNKNOWN_STATUS';
    this.cdb = cdb;
    this.commandName = name;
    this.status = result.status;
    this.sense = result.sense;
    if (decodedSense !== undefined) this.decodedSense = decodedSense;
    this.residual = result.residual;
  }

  /** Whether the sense data reports this condition ({@link SENSE_CONDITION}). */
  is(condition: SenseCondition): boolean {
    return this.decodedSense !== undefined && isCondition(this.decodedSense, condition);
  }
}

/** Where on the medium the command was at work. */
function place(cdb: Uint8Array, deviceType?: number): string {
  const field = commandOf(cdb, deviceType)?.fields['lba'];
  return field === undefined ? '' : ` at LBA ${String(readField(cdb, field))}`;
}
