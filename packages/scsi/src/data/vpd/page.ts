import { readU16, readU8, writeU16 } from '../../bytes.js';
import { requireLength, requireRange, ScsiDataError } from '../../data-error.js';

/** Codes of the vital product data pages this package knows, SPC-5 7.7 and SBC-4 6.6. */
export const VPD_PAGE = {
  SUPPORTED_VPD_PAGES: 0x00,
  UNIT_SERIAL_NUMBER: 0x80,
  DEVICE_IDENTIFICATION: 0x83,
  MANAGEMENT_NETWORK_ADDRESSES: 0x85,
  EXTENDED_INQUIRY_DATA: 0x86,
  MODE_PAGE_POLICY: 0x87,
  SCSI_PORTS: 0x88,
  BLOCK_LIMITS: 0xb0,
  BLOCK_DEVICE_CHARACTERISTICS: 0xb1,
  LOGICAL_BLOCK_PROVISIONING: 0xb2,
  REFERRALS: 0xb3,
  ZONED_BLOCK_DEVICE_CHARACTERISTICS: 0xb6,
} as const;

/** The first byte of every page: what kind of device answers. */
export interface VpdPeripheral {
  readonly peripheralQualifier?: number | undefined;
  readonly peripheralDeviceType?: number | undefined;
}

/** Bytes of the header of every page. */
export const VPD_HEADER_LENGTH = 4;

/** A page not taken apart. */
export interface VpdPage {
  readonly peripheralQualifier: number;
  readonly peripheralDeviceType: number;
  readonly pageCode: number;
  /** PAGE LENGTH as the device gave it; `payload` is shorter where the data was cut. */
  readonly pageLength: number;
  /** What follows the header. */
  readonly payload: Uint8Array;
}

/** Decodes the header of a VPD page. Throws {@link ScsiDataError} `TRUNCATED` when the header is not all there. */
export function decodeVpdPage(bytes: Uint8Array): VpdPage {
  requireLength(bytes, VPD_HEADER_LENGTH, 'VPD page');
  const pageLength = readU16(bytes, 2);
  return {
    peripheralQualifier: readU8(bytes, 0) >>> 5,
    peripheralDeviceType: readU8(bytes, 0) & 0x1f,
    pageCode: readU8(bytes, 1),
    pageLength,
    payload: bytes.subarray(VPD_HEADER_LENGTH, VPD_HEADER_LENGTH + pageLength),
  };
}

/** The payload of the page of this code. Throws {@link ScsiDataError}: `TRUNCATED` as {@link decodeVpdPage}, `MALFORMED` when it is another page. */
export function vpdPayload(bytes: Uint8Array, pageCode: number): Uint8Array {
  const page = decodeVpdPage(bytes);
  if (page.pageCode !== pageCode) {
    const hex = (code: number): string => `${code.toString(16).padStart(2, '0').toUpperCase()}h`;
    throw new ScsiDataError('MALFORMED', 1, `VPD page ${hex(pageCode)} asked for, page ${hex(page.pageCode)} given`);
  }
  return page.payload;
}

/** Encodes a VPD page around its payload. Throws {@link ScsiDataError} `RANGE` for a payload above 65 535 bytes. */
export function encodeVpdPage(pageCode: number, payload: Uint8Array, peripheral: VpdPeripheral = {}): Uint8Array {
  requireRange(payload.length, 16, 2, 'PAGE LENGTH');
  const bytes = new Uint8Array(VPD_HEADER_LENGTH + payload.length);
  bytes[0] = ((peripheral.peripheralQualifier ?? 0) << 5) | ((peripheral.peripheralDeviceType ?? 0) & 0x1f);
  bytes[1] = pageCode;
  writeU16(bytes, 2, payload.length);
  bytes.set(payload, VPD_HEADER_LENGTH);
  return bytes;
}
