import { printTransportId } from './text.js';
import { decodeTransportId, protocolIdentifierOf } from './transport-id.js';
import { type TransportId } from './types.js';

/** What iSCSI names are compared by: RFC 3722 maps to lower case and normalizes before comparing. */
const foldName = (name: string): string => name.normalize('NFKC').toLowerCase();

/** Raw bytes that are well-formed are the TransportID they spell. */
const settle = (id: TransportId): TransportId => (id.protocol === 'raw' ? decodeTransportId(id.bytes, { malformed: 'raw' }) : id);

/**
 * A string that is the same for two TransportIDs exactly when {@link transportIdsEqual} holds: a key for a Map or a Set.
 *
 * @throws {@link TransportIdError} when a member does not fit its field.
 */
export function transportIdKey(id: TransportId): string {
  const settled = settle(id);
  const text = printTransportId(settled);
  if (settled.protocol !== 'iscsi') return text;
  // Not the comma of the text form: normalizing can make one out of another character of the name, a null never.
  const isid = settled.isid === undefined ? '' : `\0${settled.isid.toLowerCase()}`;
  return `iscsi:${foldName(settled.name)}${isid}`;
}

/**
 * Whether two TransportIDs name the same initiator: same protocol, same names. iSCSI names and the digits of the ISID are
 * compared without regard to case; with and without an ISID are different (SPC-4 7.6.4.6: a port, and the device it is in).
 * Raw bytes are equal byte by byte, reserved ones included.
 */
export const transportIdsEqual = (a: TransportId, b: TransportId): boolean => transportIdKey(a) === transportIdKey(b);

/** Order by PROTOCOL IDENTIFIER, then by name; 0 exactly when the two are equal. For `Array.prototype.sort`. */
export function compareTransportIds(a: TransportId, b: TransportId): number {
  const byProtocol = (protocolIdentifierOf(a) ?? -1) - (protocolIdentifierOf(b) ?? -1);
  if (byProtocol !== 0) return byProtocol;
  const [keyA, keyB] = [transportIdKey(a), transportIdKey(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/**
 * Whether `pattern`, as it stands in a parameter list, means the initiator port `port`: they are equal, or `pattern` is an
 * iSCSI name without ISID, which means every port of that name (SPC-4 7.6.4.6).
 */
export function transportIdMatches(pattern: TransportId, port: TransportId): boolean {
  const [wanted, found] = [settle(pattern), settle(port)];
  if (wanted.protocol === 'iscsi' && wanted.isid === undefined && found.protocol === 'iscsi') {
    return foldName(wanted.name) === foldName(found.name);
  }
  return transportIdsEqual(wanted, found);
}
