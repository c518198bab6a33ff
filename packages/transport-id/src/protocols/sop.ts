import { checkField } from '../codec.js';
import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type SopTransportId } from '../types.js';
import { portNameCodec } from './port-name.js';

const clause = 'SPC-4 7.6.4.8';

/** SCSI over PCI Express, SPC-4 7.6.4.8: ROUTING ID in bytes 2 and 3. */
export const sop = portNameCodec<SopTransportId>({
  protocol: 'sop',
  protocolIdentifier: PROTOCOL_IDENTIFIER.sop,
  schemes: ['sop'],
  clause,
  field: 'ROUTING ID',
  offset: 2,
  length: 2,
  get: ({ routingId }) => {
    checkField('ROUTING ID', routingId, 0xffffn, 2, clause);
    return BigInt(routingId);
  },
  make: (routingId) => ({ protocol: 'sop', routingId: Number(routingId) }),
});
