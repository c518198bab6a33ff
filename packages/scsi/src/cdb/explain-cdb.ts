import { readU8 } from '../bytes.js';
import { bits, type BitField, type FieldValue, flag, lastByte, readField } from '../field.js';
import { cdbLength, OPCODE, variableCdbLength } from '../opcodes.js';
import { nacaField, serviceActionField, type DataDirection } from './command.js';
import { commandName, commandOf, commandRowOf } from './commands.js';
import { OPERATION_CODES_WITH_SERVICE_ACTIONS } from './other-commands.js';

/** A CDB taken apart for a reader. */
export interface ExplainedCdb {
  /** {@link commandName} */
  readonly name: string;
  readonly opcode: number;
  /** Undefined for a command no table names. */
  readonly direction: DataDirection | undefined;
  /** Length by the operation code, in bytes; undefined where the code does not tell. */
  readonly length: number | undefined;
  /** The fields in the order of their place, from the operation code to the CONTROL byte; just the operation code without a table. */
  readonly fields: readonly ExplainedField[];
}

export interface ExplainedField {
  /** The standard's name. */
  readonly name: string;
  readonly byte: number;
  /** Most significant bit in the first byte. */
  readonly bit: number;
  /** Bits. */
  readonly width: number;
  readonly value: FieldValue;
}

const OPERATION_CODE = bits('OPERATION CODE', 0, 7, 8);
const ADDITIONAL_CDB_LENGTH = bits('ADDITIONAL CDB LENGTH', 7, 7, 8);

/** Takes a CDB apart by the tables, as a device of this type (default: a disk) understands it. Never throws. */
export function explainCdb(cdb: Uint8Array, deviceType?: number): ExplainedCdb {
  const opcode = readU8(cdb, 0);
  return {
    name: commandName(cdb, deviceType),
    opcode,
    direction: commandRowOf(cdb, deviceType)?.direction,
    length: opcode === 0x7f ? variableCdbLength(cdb) : cdbLength(opcode),
    fields: fieldsOf(cdb, deviceType).map((field) => ({
      name: field.name,
      byte: field.byte,
      bit: field.bit,
      width: field.width,
      value: readField(cdb, field),
    })),
  };
}

/**
 * The field of a CDB that a sense field pointer means: at this byte, and at this bit where a bit pointer is given. A pointer into the
 * middle of a field finds that field. Undefined where the tables have none there.
 */
export function cdbFieldAt(cdb: Uint8Array, byte: number, bitPointer?: number, deviceType?: number): BitField | undefined {
  const there = fieldsOf(cdb, deviceType).filter((field) => byte >= field.byte && byte <= lastByte(field));
  if (bitPointer === undefined) return there.length === 1 ? there[0] : undefined;
  const position = 8 * byte + 7 - bitPointer;
  return there.find((field) => {
    const start = 8 * field.byte + 7 - field.bit;
    return position >= start && position < start + field.width;
  });
}

function fieldsOf(cdb: Uint8Array, deviceType?: number): readonly BitField[] {
  const command = commandOf(cdb, deviceType);
  if (command === undefined) return fieldsOfUnknown(cdb, deviceType);
  const naca = nacaField(command);
  const all: BitField[] = [OPERATION_CODE, ...Object.values(command.fields), naca, flag('LINK', naca.byte, 0)];
  if (command.serviceActionField !== undefined) all.push(command.serviceActionField);
  if (command.opcode === OPCODE.VARIABLE_LENGTH_CDB) all.push(ADDITIONAL_CDB_LENGTH);
  return all.sort((a, b) => a.byte - b.byte || b.bit - a.bit);
}

/** What can be said of a CDB without a table. */
function fieldsOfUnknown(cdb: Uint8Array, deviceType?: number): readonly BitField[] {
  if (cdb.length === 0) return [];
  const opcode = readU8(cdb, 0);
  if (opcode === OPCODE.VARIABLE_LENGTH_CDB) return [OPERATION_CODE, ADDITIONAL_CDB_LENGTH, serviceActionField(opcode)];
  const row = commandRowOf(cdb, deviceType);
  const hasServiceAction = row === undefined ? OPERATION_CODES_WITH_SERVICE_ACTIONS[opcode] !== undefined : row.serviceAction !== undefined;
  return hasServiceAction ? [OPERATION_CODE, serviceActionField(opcode)] : [OPERATION_CODE];
}
