import { readU16, readU8, writeU16 } from '../../bytes.js';
import { requireRange } from '../../data-error.js';
import { concat } from '../concat.js';
import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/** One descriptor of the Management Network Addresses VPD page (85h), SPC-5 7.7.11. */
export interface ManagementNetworkAddress {
  /** {@link ASSOCIATION} */
  readonly association: number;
  /** 1 = storage configuration, 2 = diagnostics, 3 = status, 4 = logging, 5 = code download, 6 = copy service, 7 = administrative. */
  readonly serviceType: number;
  /** A URL. */
  readonly networkAddress: string;
}

/** Decodes the Management Network Addresses VPD page; a descriptor that was cut off is left out. */
export function decodeManagementNetworkAddresses(bytes: Uint8Array): ManagementNetworkAddress[] {
  const payload = vpdPayload(bytes, VPD_PAGE.MANAGEMENT_NETWORK_ADDRESSES);
  const addresses: ManagementNetworkAddress[] = [];
  for (let at = 0; at + 4 <= payload.length; ) {
    const end = at + 4 + readU16(payload, at + 2);
    if (end > payload.length) break;
    const text = payload.subarray(at + 4, end);
    const terminator = text.indexOf(0);
    addresses.push({
      association: (readU8(payload, at) >>> 5) & 0x03,
      serviceType: readU8(payload, at) & 0x1f,
      networkAddress: new TextDecoder().decode(terminator < 0 ? text : text.subarray(0, terminator)),
    });
    at = end;
  }
  return addresses;
}

/** Encodes the Management Network Addresses VPD page: addresses end in a zero and are padded to a multiple of four bytes. */
export function encodeManagementNetworkAddresses(addresses: readonly ManagementNetworkAddress[], peripheral?: VpdPeripheral): Uint8Array {
  const descriptors = addresses.map(({ association, serviceType, networkAddress }) => {
    const text = new TextEncoder().encode(networkAddress);
    const length = text.length === 0 ? 0 : (text.length + 4) & ~3;
    requireRange(length, 16, 2, 'NETWORK ADDRESS LENGTH');
    const descriptor = new Uint8Array(4 + length);
    descriptor[0] = ((association & 0x03) << 5) | (serviceType & 0x1f);
    writeU16(descriptor, 2, length);
    descriptor.set(text, 4);
    return descriptor;
  });
  return encodeVpdPage(VPD_PAGE.MANAGEMENT_NETWORK_ADDRESSES, concat(descriptors), peripheral);
}
