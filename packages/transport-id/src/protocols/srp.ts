import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type SrpTransportId } from '../types.js';
import { portNameCodec } from './port-name.js';

/** SRP on an RDMA interface, SPC-4 7.6.4.5: INITIATOR PORT IDENTIFIER in bytes 8 to 23. */
export const srp = portNameCodec<SrpTransportId>({
  protocol: 'srp',
  protocolIdentifier: PROTOCOL_IDENTIFIER.srp,
  schemes: ['srp', 'rdma'],
  clause: 'SPC-4 7.6.4.5',
  field: 'INITIATOR PORT IDENTIFIER',
  offset: 8,
  length: 16,
  get: ({ initiatorPortIdentifier }) => initiatorPortIdentifier,
  make: (initiatorPortIdentifier) => ({ protocol: 'srp', initiatorPortIdentifier }),
});
