import { FIXED_LENGTH } from './codec.js';
import { TransportIdError } from './error.js';
import { PROTOCOL_IDENTIFIER } from './protocol-identifier.js';
import { codecByIdentifier, codecOf } from './protocols/index.js';
import { type DecodeOptions, type RawTransportId, type TransportId } from './types.js';

const clause = 'SPC-4 7.6.4.1';

/**
 * How many bytes the TransportID at the start of `bytes` has, by its header: 4 + ADDITIONAL LENGTH for iSCSI, 24 for every
 * other protocol. Neither is checked further: `bytes` may be shorter, and ADDITIONAL LENGTH may be one that decoding rejects.
 *
 * @throws {@link TransportIdError} `TRUNCATED` when the header itself is not there (no byte at all; for iSCSI, fewer than 4).
 */
export function transportIdLength(bytes: Uint8Array): number {
  const [first, , high, low] = bytes;
  if (first === undefined) {
    throw new TransportIdError({ code: 'TRUNCATED', offset: 0, rule: 'a TransportID has at least 24 bytes, there are none', clause });
  }
  if ((first & 0x0f) !== PROTOCOL_IDENTIFIER.iscsi) return FIXED_LENGTH;
  if (high === undefined || low === undefined) {
    const rule = `the header has 4 bytes, there are ${bytes.length}`;
    throw new TransportIdError({ code: 'TRUNCATED', offset: bytes.length, rule, clause: 'SPC-4 7.6.4.6' });
  }
  return 4 + ((high << 8) | low);
}

/**
 * The bytes of a TransportID. An iSCSI one gets the least padding the standard allows; a raw one is copied as it is.
 *
 * @throws {@link TransportIdError} `FIELD`, `ISCSI_NAME` or `ISID` when a member does not fit its field.
 */
export function encodeTransportId(id: TransportId): Uint8Array {
  return id.protocol === 'raw' ? Uint8Array.from(id.bytes) : codecOf(id).encode(id);
}

/**
 * Reads `bytes`, which must be exactly one TransportID (use {@link transportIdLength} to find its end, or
 * {@link splitTransportIds} on several).
 *
 * @throws {@link TransportIdError} with the byte and the rule it breaks, unless `malformed` is `raw`.
 */
export function decodeTransportId(bytes: Uint8Array, options: DecodeOptions = {}): TransportId {
  try {
    return decode(bytes, options.reserved === 'ignore');
  } catch (error) {
    if (options.malformed === 'raw' && error instanceof TransportIdError) return toRaw(bytes);
    throw error;
  }
}

const toRaw = (bytes: Uint8Array): RawTransportId => ({ protocol: 'raw', bytes: Uint8Array.from(bytes) });

function decode(bytes: Uint8Array, ignoreReserved: boolean): TransportId {
  const [first] = bytes;
  const codec = first === undefined ? undefined : codecByIdentifier(first & 0x0f);
  if (codec !== undefined) return codec.decode(bytes, ignoreReserved);
  if (bytes.length < FIXED_LENGTH) {
    const rule = `a TransportID has at least ${FIXED_LENGTH} bytes, there are ${bytes.length}`;
    throw new TransportIdError({ code: 'TRUNCATED', offset: bytes.length, rule, clause });
  }
  if (bytes.length % 4 !== 0) {
    const rule = `the length of a TransportID is a multiple of four, there are ${bytes.length} bytes`;
    throw new TransportIdError({ code: 'LENGTH', offset: bytes.length - (bytes.length % 4), rule, clause });
  }
  return toRaw(bytes);
}

/** PROTOCOL IDENTIFIER (0 to 15) of a TransportID, or undefined for raw bytes of which there are none. */
export function protocolIdentifierOf(id: TransportId): number | undefined {
  if (id.protocol !== 'raw') return codecOf(id).protocolIdentifier;
  const [first] = id.bytes;
  return first === undefined ? undefined : first & 0x0f;
}
