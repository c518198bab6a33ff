import { concat } from '../concat.js';
import { decodeDesignators, type Designator, encodeDesignator } from './designator.js';
import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/**
 * Device Identification VPD page (83h), SPC-5 7.7.6: the names of the logical unit, its target port and target device, in their order.
 * Throws {@link ScsiDataError} when the header is cut or another page's; a designator that was cut off is left out.
 */
export function decodeDeviceIdentification(bytes: Uint8Array): Designator[] {
  return decodeDesignators(vpdPayload(bytes, VPD_PAGE.DEVICE_IDENTIFICATION));
}

/** Encodes the Device Identification VPD page. Throws {@link ScsiDataError} `RANGE` as {@link encodeDesignator}. */
export function encodeDeviceIdentification(designators: readonly Designator[], peripheral?: VpdPeripheral): Uint8Array {
  return encodeVpdPage(VPD_PAGE.DEVICE_IDENTIFICATION, concat(designators.map(encodeDesignator)), peripheral);
}
