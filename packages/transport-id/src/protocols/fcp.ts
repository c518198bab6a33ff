import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type FcpTransportId } from '../types.js';
import { portNameCodec } from './port-name.js';

/** Fibre Channel, SPC-4 7.6.4.2: N_PORT_NAME in bytes 8 to 15. */
export const fcp = portNameCodec<FcpTransportId>({
  protocol: 'fcp',
  protocolIdentifier: PROTOCOL_IDENTIFIER.fcp,
  schemes: ['fcp'],
  clause: 'SPC-4 7.6.4.2',
  field: 'N_PORT_NAME',
  offset: 8,
  length: 8,
  get: ({ nPortName }) => nPortName,
  make: (nPortName) => ({ protocol: 'fcp', nPortName }),
});
