import { cdbLength } from '../opcodes.js';
import { type BitField, type BitFields, bits, type FieldValue, flag, readField, word, writeField } from '../field.js';

/** Which way the data of a command goes, as the initiator sees it. */
export type DataDirection = 'none' | 'in' | 'out' | 'both';

/** What a row of the command tables says of a command. */
export interface CommandRow {
  /** The standard's name: `READ(16)`. */
  readonly name: string;
  readonly opcode: number;
  readonly serviceAction?: number | undefined;
  readonly direction: DataDirection;
  /** Peripheral device types that know the command by this name; absent = every type. */
  readonly deviceTypes?: readonly number[] | undefined;
}

/** A command with the fields of its CDB, keyed by the names that {@link encodeCdb} takes. */
export interface Command<Fields extends BitFields = BitFields> extends CommandRow {
  /** Bytes. */
  readonly length: number;
  readonly fields: Fields;
  /** The place of the service action, where the command has one. */
  readonly serviceActionField?: BitField<number> | undefined;
}

/** What must and may be given to encode a command's CDB. */
export type CdbValues<Fields extends BitFields> = { readonly [Key in RequiredKeys<Fields>]: Input<Fields[Key]> } & {
  readonly [Key in Exclude<keyof Fields, RequiredKeys<Fields>>]?: Input<Fields[Key]> | undefined;
} & { readonly naca?: boolean | undefined };

/** What decoding a command's CDB gives. */
export type DecodedCdb<Fields extends BitFields> = { readonly [Key in keyof Fields]: ValueOf<Fields[Key]> } & { readonly naca: boolean };

type RequiredKeys<Fields extends BitFields> = { [Key in keyof Fields]: Fields[Key]['optional'] extends false ? Key : never }[keyof Fields];
type ValueOf<Field> = Field extends BitField<infer Value> ? Value : never;
type Input<Field> = ValueOf<Field> extends bigint ? bigint | number : ValueOf<Field>;

/** The row of a command as the tables write it: length and service action field follow from the operation code. */
export function defineCommand<const Fields extends BitFields>(row: CommandRow & { readonly fields: Fields }): Command<Fields> {
  const variable = row.opcode === 0x7f;
  return {
    ...row,
    length: variable ? 32 : (cdbLength(row.opcode) ?? 0),
    serviceActionField: row.serviceAction === undefined ? undefined : serviceActionField(row.opcode),
  };
}

/** Where CDBs of an operation code that has service actions keep theirs (SPC-5 4.2.2). */
export function serviceActionField(opcode: number): BitField<number, true> {
  return opcode === 0x7f ? word('SERVICE ACTION', 8, 2) : bits('SERVICE ACTION', 1, 4, 5);
}

/** NACA, bit 2 of the CONTROL byte (SAM-6 5.2): the last byte, or byte 1 of a variable length CDB. */
export function nacaField(command: Command): BitField<boolean, true> {
  return flag('NACA', command.opcode === 0x7f ? 1 : command.length - 1, 2);
}

/**
 * Encodes the CDB of a command. Throws {@link ScsiDataError} `RANGE` for a value that does not fit its field.
 *
 * ```js
 * encodeCdb(COMMANDS.read16, { lba: 2n ** 40n, transferLength: 8, fua: true })
 * ```
 */
export function encodeCdb<Fields extends BitFields>(command: Command<Fields>, values: CdbValues<Fields>): Uint8Array {
  const bytes = new Uint8Array(command.length);
  bytes[0] = command.opcode;
  if (command.opcode === 0x7f) bytes[7] = command.length - 8;
  if (command.serviceAction !== undefined && command.serviceActionField !== undefined) {
    writeField(bytes, command.serviceActionField, command.serviceAction);
  }
  const given = values as Readonly<Record<string, FieldValue | undefined>>;
  for (const key in given) {
    const value = given[key];
    if (value === undefined) continue;
    const field = key === 'naca' ? nacaField(command) : command.fields[key];
    if (field === undefined) throw new TypeError(`${command.name} has no field ${key}`);
    writeField(bytes, field, value);
  }
  return bytes;
}

/** Decodes the fields of a CDB known to be of `command`; what was cut off reads as zero. */
export function decodeCdb<Fields extends BitFields>(command: Command<Fields>, cdb: Uint8Array): DecodedCdb<Fields> {
  const values: Record<string, FieldValue> = { naca: readField(cdb, nacaField(command)) };
  for (const [key, field] of Object.entries(command.fields)) values[key] = readField(cdb, field);
  return values as DecodedCdb<Fields>;
}
