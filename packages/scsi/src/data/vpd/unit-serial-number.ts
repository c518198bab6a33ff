import { readAscii, writeAscii } from '../../bytes.js';
import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/** Unit Serial Number VPD page (80h), SPC-5 7.7.16: ASCII text; padding at its end is left out. */
export function decodeUnitSerialNumber(bytes: Uint8Array): string {
  const payload = vpdPayload(bytes, VPD_PAGE.UNIT_SERIAL_NUMBER);
  return readAscii(payload, 0, payload.length);
}

/** Encodes the Unit Serial Number VPD page, as long as the text. */
export function encodeUnitSerialNumber(serialNumber: string, peripheral?: VpdPeripheral): Uint8Array {
  const payload = new Uint8Array(serialNumber.length);
  writeAscii(payload, 0, payload.length, serialNumber);
  return encodeVpdPage(VPD_PAGE.UNIT_SERIAL_NUMBER, payload, peripheral);
}
