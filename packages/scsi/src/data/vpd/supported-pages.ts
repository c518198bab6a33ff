import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/** Supported VPD Pages VPD page (00h), SPC-5 7.7.15: the page codes, in the device's order (the standard asks for ascending). */
export function decodeSupportedVpdPages(bytes: Uint8Array): number[] {
  return [...vpdPayload(bytes, VPD_PAGE.SUPPORTED_VPD_PAGES)];
}

/** Encodes the Supported VPD Pages VPD page in the order given. */
export function encodeSupportedVpdPages(pageCodes: readonly number[], peripheral?: VpdPeripheral): Uint8Array {
  return encodeVpdPage(VPD_PAGE.SUPPORTED_VPD_PAGES, Uint8Array.from(pageCodes), peripheral);
}
