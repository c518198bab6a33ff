import { checkField, checkFixedLayout, FIXED_LENGTH, textError, type Codec } from '../codec.js';
import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type SpiTransportId } from '../types.js';

const clause = 'SPC-4 7.6.4.3';
const SCSI_ADDRESS = { name: 'SCSI ADDRESS', offset: 2, length: 2 };
const RELATIVE_TARGET_PORT_IDENTIFIER = { name: 'RELATIVE TARGET PORT IDENTIFIER', offset: 6, length: 2 };
const textForm = /^(0|[1-9][0-9]*),(0|[1-9][0-9]*)$/;

function check({ scsiAddress, relativeTargetPort }: SpiTransportId): void {
  checkField(SCSI_ADDRESS.name, scsiAddress, 0xffffn, SCSI_ADDRESS.offset, clause);
  checkField(RELATIVE_TARGET_PORT_IDENTIFIER.name, relativeTargetPort, 0xffffn, RELATIVE_TARGET_PORT_IDENTIFIER.offset, clause);
}

/**
 * Parallel SCSI bus, SPC-4 7.6.4.3: SCSI ADDRESS in bytes 2 and 3, RELATIVE TARGET PORT IDENTIFIER in bytes 6 and 7
 * (4 and 5 are obsolete).
 */
export const spi: Codec<SpiTransportId> = {
  protocol: 'spi',
  protocolIdentifier: PROTOCOL_IDENTIFIER.spi,
  schemes: ['spi'],
  encode(id) {
    check(id);
    const bytes = new Uint8Array(FIXED_LENGTH);
    const view = new DataView(bytes.buffer);
    bytes[0] = PROTOCOL_IDENTIFIER.spi;
    view.setUint16(SCSI_ADDRESS.offset, id.scsiAddress);
    view.setUint16(RELATIVE_TARGET_PORT_IDENTIFIER.offset, id.relativeTargetPort);
    return bytes;
  },
  decode(bytes, ignoreReserved) {
    checkFixedLayout(bytes, [SCSI_ADDRESS, RELATIVE_TARGET_PORT_IDENTIFIER], clause, ignoreReserved);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return {
      protocol: 'spi',
      scsiAddress: view.getUint16(SCSI_ADDRESS.offset),
      relativeTargetPort: view.getUint16(RELATIVE_TARGET_PORT_IDENTIFIER.offset),
    };
  },
  print(id) {
    check(id);
    return `${id.scsiAddress},${id.relativeTargetPort}`;
  },
  parse(text, at) {
    const [, address, port] = textForm.exec(text) ?? [];
    const id: SpiTransportId = { protocol: 'spi', scsiAddress: Number(address), relativeTargetPort: Number(port) };
    // The comparison is false for NaN too, which is what text of another form gives.
    if (!(id.scsiAddress <= 0xffff && id.relativeTargetPort <= 0xffff)) {
      throw textError(at, 'a parallel SCSI port is written as SCSI address, comma, relative target port, each from 0 to 65535');
    }
    return id;
  },
};
