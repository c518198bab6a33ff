const brand = Symbol.for('@scst/transport-id/TransportIdError');

/**
 * What is wrong, as a word to branch on.
 *
 * | code | meaning |
 * |---|---|
 * | `TRUNCATED` | there are fewer bytes than the TransportID needs |
 * | `TRAILING_BYTES` | there are bytes behind the end of the TransportID or of the list |
 * | `LENGTH` | the length is not one a TransportID can have |
 * | `FORMAT_CODE` | FORMAT CODE is reserved for this protocol |
 * | `RESERVED` | a reserved or obsolete bit is set |
 * | `ADDITIONAL_LENGTH` | ADDITIONAL LENGTH is below 20 or not a multiple of four |
 * | `NOT_TERMINATED` | the iSCSI text does not end with an ASCII null character |
 * | `PADDING` | what follows the terminating null character is not null |
 * | `SEPARATOR` | format code 01b without `,i,0x` |
 * | `ISCSI_NAME` | the iSCSI name is empty, too long, or holds what a name cannot hold |
 * | `ISID` | the iSCSI initiator session identifier is not 1 to 12 hexadecimal digits |
 * | `FIELD` | a number does not fit its field |
 * | `TEXT` | the text form cannot be read |
 * | `LIST_LENGTH` | TRANSPORTID PARAMETER DATA LENGTH does not fit what follows it |
 */
export type TransportIdErrorCode =
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'LENGTH'
  | 'FORMAT_CODE'
  | 'RESERVED'
  | 'ADDITIONAL_LENGTH'
  | 'NOT_TERMINATED'
  | 'PADDING'
  | 'SEPARATOR'
  | 'ISCSI_NAME'
  | 'ISID'
  | 'FIELD'
  | 'TEXT'
  | 'LIST_LENGTH';

export interface TransportIdErrorDetails {
  code: TransportIdErrorCode;
  /** Where: counted from 0 in `unit`s from the start of what was given. */
  offset: number;
  /** What `offset` counts: bytes, or characters (UTF-16 units) of a text form. Default: bytes. */
  unit?: 'byte' | 'character';
  /** The rule that is broken, as a sentence without a full stop. */
  rule: string;
  /** Where the rule stands, e.g. `SPC-4 7.6.4.6`. */
  clause?: string | undefined;
  /** Which TransportID of a list, from 0. */
  entry?: number | undefined;
  /** The offset within that TransportID. */
  entryOffset?: number | undefined;
  cause?: unknown;
}

/** A TransportID, a list of them or a text form that breaks a rule. Nothing else is thrown on bad input. */
export class TransportIdError extends Error {
  readonly code: TransportIdErrorCode;
  /**
   * Where, counted from 0 from the start of what was given: the byte that is wrong (or where bytes are missing); on
   * encoding, the byte at which the field stands. In a list, counted from the list's first byte.
   */
  readonly offset: number;
  readonly unit: 'byte' | 'character';
  /** The rule that is broken. */
  readonly rule: string;
  /** Where the rule stands, e.g. `SPC-4 7.6.4.6`. */
  readonly clause: string | undefined;
  /** Which TransportID of a list, from 0; undefined outside lists. */
  readonly entry: number | undefined;
  /** The offset within that TransportID; undefined outside lists. */
  readonly entryOffset: number | undefined;
  /** @internal Survives two copies of this package in one program. */
  readonly [brand] = true;

  constructor(details: TransportIdErrorDetails) {
    const { code, offset, unit = 'byte', rule, clause, entry, entryOffset, cause } = details;
    const place =
      entry === undefined ? `${unit} ${offset}` : `TransportID ${entry} of the list, ${unit} ${entryOffset ?? 0} (${unit} ${offset} of the list)`;
    super(`${place}: ${rule}${clause === undefined ? '' : ` (${clause})`}`, cause === undefined ? undefined : { cause });
    this.name = 'TransportIdError';
    this.code = code;
    this.offset = offset;
    this.unit = unit;
    this.rule = rule;
    this.clause = clause;
    this.entry = entry;
    this.entryOffset = entryOffset;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
