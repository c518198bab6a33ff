import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type Ieee1394TransportId } from '../types.js';
import { portNameCodec } from './port-name.js';

/** SBP on IEEE 1394, SPC-4 7.6.4.4: EUI-64 NAME in bytes 8 to 15. */
export const ieee1394 = portNameCodec<Ieee1394TransportId>({
  protocol: 'ieee1394',
  protocolIdentifier: PROTOCOL_IDENTIFIER.ieee1394,
  schemes: ['ieee1394', 'sbp'],
  clause: 'SPC-4 7.6.4.4',
  field: 'EUI-64 NAME',
  offset: 8,
  length: 8,
  get: ({ eui64Name }) => eui64Name,
  make: (eui64Name) => ({ protocol: 'ieee1394', eui64Name }),
});
