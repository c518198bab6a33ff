/**
 * The vocabulary of SCSI, and a `LogicalUnit` to speak it to.
 *
 * ```js
 * import { cdb, commandName, decodeSense, describeSense, encodeSense, SENSE_CONDITION } from '@scst/scsi';
 *
 * const read = cdb.read16({ lba: 2n ** 33n, transferLength: 8, fua: true });
 * commandName(read); // 'READ(16)'
 *
 * const sense = encodeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
 * describeSense(decodeSense(sense)); // 'ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)'
 * ```
 *
 * @packageDocumentation
 */
export {
  STATUS,
  TransportError,
  type CommandRequest,
  type CommandResult,
  type LogicalUnit,
  type ResetKind,
  type TaskAttribute,
} from './logical-unit.js';
export { statusName } from './status.js';
export {
  readAscii, readU16, readU24, readU32, readU64, readU64Number, readU8,
  writeAscii, writeU16, writeU24, writeU32, writeU64, writeU8,
} from './bytes.js';
export { ScsiDataError } from './data-error.js';
export { PERIPHERAL_DEVICE_TYPE, peripheralDeviceTypeName } from './peripheral-device-type.js';

export { additionalSenseName, senseTriple } from './sense/additional-sense-code.js';
export { decodeSense, SENSE_DESCRIPTOR, tryDecodeSense } from './sense/decode-sense.js';
export { describeSense, explainSense } from './sense/describe-sense.js';
export { encodeSense } from './sense/encode-sense.js';
export { isCondition, SENSE_CONDITION, type SenseCondition } from './sense/sense-condition.js';
export { SENSE_KEY, senseKeyName } from './sense/sense-key.js';
export type { FieldPointer, SegmentPointer, Sense, SenseFormat, SenseInput, SenseKeySpecific, StreamConditions } from './sense/sense.js';

export { cdbLength, OPCODE, SERVICE_ACTION, variableCdbLength } from './opcodes.js';
export { cdb } from './cdb/cdb.js';
export { type CdbValues, type Command, type CommandRow, type DataDirection, decodeCdb, type DecodedCdb, defineCommand, encodeCdb } from './cdb/command.js';
export { COMMAND_ROWS, commandName, commandOf, commandRowOf, COMMANDS } from './cdb/commands.js';
export { cdbFieldAt, explainCdb, type ExplainedCdb, type ExplainedField } from './cdb/explain-cdb.js';
export type { CdbField, CdbFields, FieldValue } from './cdb/field.js';
