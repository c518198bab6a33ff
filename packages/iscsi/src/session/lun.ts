import { readU32, readU8 } from '@scst/scsi';
import { NO_SUCH_LUN } from '../host.js';

/** Addressing methods of the first level, bits 7-6 of byte 0 (SAM-6 4.7). */
const EXTENDED_FLAT_2_BYTES = 0xd2;

/**
 * The number in a LUN field, {@link NO_SUCH_LUN} where it is no single level LUN. As `decodeLun` of `@scst/scsi`, in place and without
 * making anything, for every command that comes.
 */
export function lunOf(bytes: Uint8Array, at: number): number {
  const first = readU8(bytes, at);
  if (readU32(bytes, at + 4) !== 0) return NO_SUCH_LUN;
  if (first >>> 6 === 3) return first === EXTENDED_FLAT_2_BYTES ? readU32(bytes, at) & 0xff_ffff : NO_SUCH_LUN;
  if (readU8(bytes, at + 2) !== 0 || readU8(bytes, at + 3) !== 0) return NO_SUCH_LUN;
  return ((first & 0x3f) << 8) | readU8(bytes, at + 1);
}
