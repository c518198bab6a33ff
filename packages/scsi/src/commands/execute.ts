import { STATUS, type CommandRequest, type CommandResult, type LogicalUnit, type TaskAttribute } from '../logical-unit.js';
import { tryDecodeSense } from '../sense/decode-sense.js';
import { SENSE_KEY } from '../sense/sense-key.js';
import type { Sense } from '../sense/sense.js';
import { ScsiError } from './scsi-error.js';

/** What every typed command takes. */
export interface CommandOptions {
  /** Aborts the task. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default: the device's own. */
  readonly timeout?: number | undefined;
  readonly attribute?: TaskAttribute | undefined;
  /**
   * How often a command is sent again because a unit attention ended it. A unit attention tells of something that happened before the command
   * and says nothing about it, so once is the default; zero makes every one of them an error.
   */
  readonly unitAttentionRetries?: number | undefined;
  /** Told of each unit attention that was passed over by sending the command again. */
  readonly onUnitAttention?: ((sense: Sense) => void) | undefined;
  /** Peripheral device type, for the names in errors. Default: a disk. */
  readonly deviceType?: number | undefined;
}

/**
 * Executes a command and gives its result when the logical unit was content: GOOD or CONDITION MET, or CHECK CONDITION with RECOVERED ERROR.
 * Throws {@link ScsiError} for every other status, {@link TransportError} when there was none.
 */
export async function execute(
  lu: LogicalUnit,
  request: Pick<CommandRequest, 'cdb' | 'dataIn' | 'dataOut'>,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal, timeout, attribute, unitAttentionRetries = 1, onUnitAttention, deviceType } = options;
  for (let retries = unitAttentionRetries; ; retries--) {
    const result = await lu.execute({ ...request, signal, timeout, attribute });
    if (result.status === STATUS.GOOD || result.status === STATUS.CONDITION_MET) return result;
    if (result.status === STATUS.CHECK_CONDITION) {
      const sense = tryDecodeSense(result.sense);
      if (sense?.deferred === false && sense.senseKey === SENSE_KEY.RECOVERED_ERROR) return result;
      if (sense?.deferred === false && sense.senseKey === SENSE_KEY.UNIT_ATTENTION && retries > 0) {
        onUnitAttention?.(sense);
        continue;
      }
    }
    throw new ScsiError(request.cdb, result, deviceType);
  }
}

/** Executes a command with a data-in buffer of `length` bytes and gives the bytes that came, a view on it. */
export async function executeIn(lu: LogicalUnit, cdb: Uint8Array, length: number, options?: CommandOptions): Promise<Uint8Array> {
  const request = length === 0 ? { cdb } : { cdb, dataIn: new Uint8Array(length) };
  return (await execute(lu, request, options)).dataIn;
}

/** Executes a command with data-out; an empty parameter list means no data phase. */
export async function executeOut(lu: LogicalUnit, cdb: Uint8Array, dataOut: Uint8Array, options?: CommandOptions): Promise<void> {
  await execute(lu, dataOut.length === 0 ? { cdb } : { cdb, dataOut }, options);
}

/**
 * Executes a data-in command whose data tells its own whole length, and again with a larger allocation length when the first was too small.
 * `cdb` makes the CDB for an allocation length, `whole` reads the whole length off what came, `most` is the largest allocation length.
 */
export async function executeGrowing(
  lu: LogicalUnit,
  command: { readonly cdb: (allocationLength: number) => Uint8Array; readonly whole: (bytes: Uint8Array) => number; readonly first: number; readonly most: number },
  options?: CommandOptions,
): Promise<Uint8Array> {
  const { cdb, whole, first, most } = command;
  const bytes = await executeIn(lu, cdb(first), first, options);
  const needed = Math.min(whole(bytes), most);
  // A device that gave less than it was offered has no more, whatever its length field says.
  if (needed <= first || bytes.length < first) return bytes;
  return executeIn(lu, cdb(needed), needed, options);
}
