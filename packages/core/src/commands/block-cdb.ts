import type { CdbField } from './command.js';

/** Where the forms of a block command keep their LBA and length; SBC-4 names the forms by the length of the CDB. */
export interface BlockForm {
  readonly lba: CdbField & { readonly mask?: number };
  readonly length: CdbField;
}

export const FORM_6: BlockForm = { lba: { at: 1, bytes: 3, mask: 0x1f_ffff }, length: { at: 4, bytes: 1 } };
export const FORM_10: BlockForm = { lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 } };
export const FORM_12: BlockForm = { lba: { at: 2, bytes: 4 }, length: { at: 6, bytes: 4 } };
export const FORM_16: BlockForm = { lba: { at: 2, bytes: 8 }, length: { at: 10, bytes: 4 } };
export const FORM_32: BlockForm = { lba: { at: 12, bytes: 8 }, length: { at: 28, bytes: 4 } };

/** CDB usage data of a command whose bits of byte 1 are `flags`: the whole LBA and length, no group number, NACA. */
export function usage10(opcode: number, flags: number): readonly number[] {
  return [opcode, flags, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0x04];
}

export function usage12(opcode: number, flags: number): readonly number[] {
  return [opcode, flags, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x04];
}

export function usage16(opcode: number, flags: number): readonly number[] {
  return [opcode, flags, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x04];
}

/** Seconds that reads, writes and verifies may take. */
export const MEDIUM_TIMEOUT = 60;
