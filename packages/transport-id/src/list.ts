import { TransportIdError } from './error.js';
import { decodeTransportId, encodeTransportId, transportIdLength } from './transport-id.js';
import { type DecodeOptions, type TransportId } from './types.js';

const clause = 'SPC-4 6.16.3';
/** Length of TRANSPORTID PARAMETER DATA LENGTH. */
const HEADER_LENGTH = 4;

/** `error`, told of a TransportID by itself, as one of entry `entry` that begins at byte `start`. */
function inEntry(error: unknown, entry: number, start: number): unknown {
  if (!(error instanceof TransportIdError)) return error;
  const { code, offset, rule } = error;
  return new TransportIdError({ code, offset: start + offset, rule, clause: error.clause, entry, entryOffset: offset, cause: error });
}

/**
 * Cuts TransportIDs that stand one behind the other, without looking into them: what a device server needs before it knows
 * whether it accepts each. The parts are views on `bytes`.
 *
 * @throws {@link TransportIdError} `TRUNCATED`, with `entry`, when the last one is not whole.
 */
export function splitTransportIds(bytes: Uint8Array): Uint8Array[] {
  return split(bytes, 0);
}

function split(bytes: Uint8Array, start: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = start;
  while (at < bytes.length) {
    const length = lengthOfEntry(bytes.subarray(at), entries.length, at);
    entries.push(bytes.subarray(at, at + length));
    at += length;
  }
  return entries;
}

function lengthOfEntry(rest: Uint8Array, entry: number, start: number): number {
  try {
    const length = transportIdLength(rest);
    if (length > rest.length) {
      const rule = `the TransportID has ${length} bytes, of which there are ${rest.length}`;
      throw new TransportIdError({ code: 'TRUNCATED', offset: rest.length, rule, clause });
    }
    return length;
  } catch (error) {
    throw inEntry(error, entry, start);
  }
}

/**
 * The list of PERSISTENT RESERVE OUT with REGISTER and SPEC_I_PT set (bytes 24 and on of the parameter list), SPC-4 6.16.3:
 * TRANSPORTID PARAMETER DATA LENGTH (4 bytes), then the TransportIDs.
 *
 * @throws {@link TransportIdError} with `entry`, when a member does not fit, or when raw bytes do not have the length by which
 * a reader would find the next entry (`LENGTH`).
 */
export function encodeTransportIdList(ids: readonly TransportId[]): Uint8Array {
  let at = HEADER_LENGTH;
  const entries = ids.map((id, entry) => {
    try {
      const bytes = encodeTransportId(id);
      const length = transportIdLength(bytes);
      if (length !== bytes.length) {
        const rule = `a reader takes ${length} bytes for this TransportID, it has ${bytes.length}`;
        throw new TransportIdError({ code: 'LENGTH', offset: Math.min(length, bytes.length), rule, clause });
      }
      at += length;
      return bytes;
    } catch (error) {
      throw inEntry(error, entry, at);
    }
  });
  const list = new Uint8Array(at);
  new DataView(list.buffer).setUint32(0, at - HEADER_LENGTH);
  let offset = HEADER_LENGTH;
  for (const entry of entries) {
    list.set(entry, offset);
    offset += entry.length;
  }
  return list;
}

/**
 * Reads the list that {@link encodeTransportIdList} makes. `bytes` begins with TRANSPORTID PARAMETER DATA LENGTH and ends
 * with the last TransportID. With `malformed: 'raw'` an entry that breaks a rule of its protocol is kept as raw; a list
 * whose lengths do not fit still throws.
 *
 * @throws {@link TransportIdError} `LIST_LENGTH` when the length is not there or is not that of the rest; otherwise what is wrong with an
 * entry, with `entry` (from 0), `entryOffset` (byte of the entry) and `offset` (byte of the list, its length field included).
 */
export function decodeTransportIdList(bytes: Uint8Array, options: DecodeOptions = {}): TransportId[] {
  if (bytes.length < HEADER_LENGTH) {
    const rule = `TRANSPORTID PARAMETER DATA LENGTH has ${HEADER_LENGTH} bytes, there are ${bytes.length}`;
    throw new TransportIdError({ code: 'LIST_LENGTH', offset: bytes.length, rule, clause });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  if (length !== bytes.length - HEADER_LENGTH) {
    const rule = `TRANSPORTID PARAMETER DATA LENGTH is ${length}, it is followed by ${bytes.length - HEADER_LENGTH} bytes`;
    throw new TransportIdError({ code: 'LIST_LENGTH', offset: 0, rule, clause });
  }
  return split(bytes, HEADER_LENGTH).map((part, entry) => {
    try {
      return decodeTransportId(part, options);
    } catch (error) {
      throw inEntry(error, entry, part.byteOffset - bytes.byteOffset);
    }
  });
}
