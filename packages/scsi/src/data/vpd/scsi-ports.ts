import { decodeTransportId, encodeTransportId, type TransportId } from '@scst/transport-id';
import { readU16, writeU16 } from '../../bytes.js';
import { requireRange } from '../../data-error.js';
import { concat } from '../concat.js';
import { decodeDesignators, type Designator, encodeDesignator } from './designator.js';
import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/** One descriptor of the SCSI Ports VPD page (88h), SPC-5 7.7.14. */
export interface ScsiPort {
  readonly relativePortIdentifier: number;
  /** Present for an initiator port; `raw` where the bytes break the rules of their protocol. */
  readonly initiatorPortTransportId?: TransportId | undefined;
  /** The names of the port when it is a target port. */
  readonly targetPortDesignators: readonly Designator[];
}

/** Decodes the SCSI Ports VPD page; a descriptor that was cut off is left out. */
export function decodeScsiPorts(bytes: Uint8Array): ScsiPort[] {
  const payload = vpdPayload(bytes, VPD_PAGE.SCSI_PORTS);
  const ports: ScsiPort[] = [];
  for (let at = 0; at + 12 <= payload.length; ) {
    const designatorsAt = at + 8 + readU16(payload, at + 6) + 4;
    const end = designatorsAt + readU16(payload, designatorsAt - 2);
    if (designatorsAt > payload.length || end > payload.length) break;
    const transportId = payload.subarray(at + 8, designatorsAt - 4);
    ports.push({
      relativePortIdentifier: readU16(payload, at + 2),
      ...(transportId.length > 0 && { initiatorPortTransportId: decodeTransportId(transportId, { malformed: 'raw' }) }),
      targetPortDesignators: decodeDesignators(payload.subarray(designatorsAt, end)),
    });
    at = end;
  }
  return ports;
}

/** Encodes the SCSI Ports VPD page. Throws {@link ScsiDataError} `RANGE`, or the error of `encodeTransportId`, for what does not fit. */
export function encodeScsiPorts(ports: readonly ScsiPort[], peripheral?: VpdPeripheral): Uint8Array {
  const descriptors = ports.map(({ relativePortIdentifier, initiatorPortTransportId, targetPortDesignators }) => {
    const transportId = initiatorPortTransportId === undefined ? new Uint8Array(0) : encodeTransportId(initiatorPortTransportId);
    const designators = concat(targetPortDesignators.map(encodeDesignator));
    requireRange(relativePortIdentifier, 16, 2, 'RELATIVE PORT IDENTIFIER');
    requireRange(designators.length, 16, 10 + transportId.length, 'TARGET PORT DESCRIPTORS LENGTH');
    const descriptor = new Uint8Array(12 + transportId.length + designators.length);
    writeU16(descriptor, 2, relativePortIdentifier);
    writeU16(descriptor, 6, transportId.length);
    descriptor.set(transportId, 8);
    writeU16(descriptor, 10 + transportId.length, designators.length);
    descriptor.set(designators, 12 + transportId.length);
    return descriptor;
  });
  return encodeVpdPage(VPD_PAGE.SCSI_PORTS, concat(descriptors), peripheral);
}
