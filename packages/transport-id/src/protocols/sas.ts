import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type SasTransportId } from '../types.js';
import { portNameCodec } from './port-name.js';

/** SAS SSP, SPC-4 7.6.4.7: SAS ADDRESS in bytes 4 to 11. */
export const sas = portNameCodec<SasTransportId>({
  protocol: 'sas',
  protocolIdentifier: PROTOCOL_IDENTIFIER.sas,
  schemes: ['sas'],
  clause: 'SPC-4 7.6.4.7',
  field: 'SAS ADDRESS',
  offset: 4,
  length: 8,
  get: ({ sasAddress }) => sasAddress,
  make: (sasAddress) => ({ protocol: 'sas', sasAddress }),
});
