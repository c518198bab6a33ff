/**
 * SPC TransportIDs of every protocol, to bytes and back, and the version descriptors of transports and interconnects.
 *
 * ```js
 * import { decodeTransportId, encodeTransportId, parseTransportId, printTransportId } from '@scst/transport-id';
 *
 * const id = parseTransportId('iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001');
 * const bytes = encodeTransportId(id); // 45 00 00 30 69 71 6e …
 * printTransportId(decodeTransportId(bytes)); // iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001
 * ```
 *
 * @packageDocumentation
 */
export { compareTransportIds, transportIdKey, transportIdMatches, transportIdsEqual } from './compare.js';
export { TransportIdError, type TransportIdErrorCode, type TransportIdErrorDetails } from './error.js';
export { decodeTransportIdList, encodeTransportIdList, splitTransportIds } from './list.js';
export { PROTOCOL_IDENTIFIER, protocolName, type ProtocolName } from './protocol-identifier.js';
export { scstTransportIdsMatch } from './scst/bytes-match.js';
export { scstLocalTransportId } from './scst/local-session.js';
export { parseTransportId, printTransportId } from './text.js';
export { decodeTransportId, encodeTransportId, protocolIdentifierOf, transportIdLength } from './transport-id.js';
export {
  type DecodeOptions,
  type FcpTransportId,
  type Ieee1394TransportId,
  type IscsiTransportId,
  type RawTransportId,
  type SasTransportId,
  type SopTransportId,
  type SpiTransportId,
  type SrpTransportId,
  type TransportId,
} from './types.js';
export {
  versionDescriptorByCode,
  versionDescriptorByName,
  versionDescriptors,
  type VersionDescriptor,
  type VersionDescriptorFamily,
  type VersionDescriptorLayer,
} from './version-descriptors/version-descriptors.js';
