import { FIXED_LENGTH } from '../codec.js';
import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';

const COMMA = 0x2c;
const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/**
 * Whether SCST takes two TransportIDs, as bytes, for the same initiator when it looks up a registration. It looks into
 * nothing it does not need: bytes that are not well-formed are compared all the same, and it never throws.
 *
 * - Another PROTOCOL IDENTIFIER: no.
 * - iSCSI, same FORMAT CODE (00b or 01b): the texts up to the null character, without regard to the case of ASCII letters.
 * - iSCSI, one 00b and one 01b: the names alone, so a name without ISID means every port of that name.
 * - iSCSI with a reserved FORMAT CODE: no.
 * - All others: the 24 bytes, reserved ones included (missing ones count as zero).
 */
export function scstTransportIdsMatch(a: Uint8Array, b: Uint8Array): boolean {
  const [firstA = 0, firstB = 0] = [a[0], b[0]];
  if ((firstA & 0x0f) !== (firstB & 0x0f)) return false;
  if ((firstA & 0x0f) !== PROTOCOL_IDENTIFIER.iscsi) {
    for (let at = 0; at < FIXED_LENGTH; at += 1) if ((a[at] ?? 0) !== (b[at] ?? 0)) return false;
    return true;
  }
  const [formatA, formatB] = [firstA >> 6, firstB >> 6];
  if (formatA > 1 || formatB > 1) return false;
  const nameOnly = formatA !== formatB;
  const textA = iscsiText(a, nameOnly && formatA === 1);
  const textB = iscsiText(b, nameOnly && formatB === 1);
  if (textA === undefined || textB === undefined || textA.length !== textB.length) return false;
  return textA.every((byte, at) => lower(byte) === lower(textB[at] ?? 0));
}

/** The text of an iSCSI TransportID up to its null character, or its name alone; undefined when that name has no end. */
function iscsiText(bytes: Uint8Array, nameOnly: boolean): Uint8Array | undefined {
  const additionalLength = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const field = bytes.subarray(4, 4 + additionalLength);
  const end = field.indexOf(0);
  const text = end < 0 ? field : field.subarray(0, end);
  if (!nameOnly) return text;
  const comma = text.indexOf(COMMA);
  return comma < 0 ? undefined : text.subarray(0, comma);
}
