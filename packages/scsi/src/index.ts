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
export { SENSE_KEY, senseKeyName } from './sense/sense-key.js';
export { isCondition, SENSE_CONDITION, type SenseCondition } from './sense/sense-condition.js';
export { decodeSense, SENSE_DESCRIPTOR, tryDecodeSense } from './sense/decode-sense.js';
export { encodeSense } from './sense/encode-sense.js';
export type { FieldPointer, SegmentPointer, Sense, SenseFormat, SenseInput, SenseKeySpecific, StreamConditions } from './sense/sense.js';
export { cdbLength, OPCODE, SERVICE_ACTION, variableCdbLength } from './opcodes.js';
