import { readU16 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { decodeStandardInquiry, type StandardInquiry } from '../data/inquiry.js';
import { BLOCK_DEVICE_CHARACTERISTICS_PAGE, type BlockDeviceCharacteristicsPage } from '../data/vpd/block-device-characteristics.js';
import { BLOCK_LIMITS_PAGE, type BlockLimitsPage } from '../data/vpd/block-limits.js';
import type { Designator } from '../data/vpd/designator.js';
import { decodeDeviceIdentification } from '../data/vpd/device-identification.js';
import { EXTENDED_INQUIRY_PAGE, type ExtendedInquiryPage } from '../data/vpd/extended-inquiry.js';
import { LOGICAL_BLOCK_PROVISIONING_PAGE, type LogicalBlockProvisioningPage } from '../data/vpd/logical-block-provisioning.js';
import { VPD_PAGE, vpdPayload } from '../data/vpd/page.js';
import { decodeSupportedVpdPages } from '../data/vpd/supported-pages.js';
import { decodeUnitSerialNumber } from '../data/vpd/unit-serial-number.js';
import type { LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, executeGrowing, executeIn } from './execute.js';

/** Largest allocation length that fits one byte: some devices look at no more of the field. */
const ONE_BYTE = 255;

/** INQUIRY, SPC-5 6.7: what the device is. Throws {@link ScsiError}, {@link ScsiDataError}, {@link TransportError}. */
export async function inquiry(lu: LogicalUnit, options?: CommandOptions): Promise<StandardInquiry> {
  return decodeStandardInquiry(await executeIn(lu, cdb.inquiry({ allocationLength: ONE_BYTE }), ONE_BYTE, options));
}

/**
 * INQUIRY for a vital product data page, SPC-5 6.7.4: the whole page, header first, for a page's `decode`. Throws {@link ScsiError}: 5/24/00
 * for a page the device does not have; {@link ScsiDataError} when it answers with another page.
 */
export async function vpd(lu: LogicalUnit, pageCode: number, options?: CommandOptions): Promise<Uint8Array> {
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.inquiry({ evpd: true, pageCode, allocationLength }),
      whole: (page) => 4 + readU16(page, 2),
      first: ONE_BYTE,
      most: 0xffff,
    },
    options,
  );
  vpdPayload(bytes, pageCode);
  return bytes;
}

/** The page codes that the device says it has: VPD page 00h. */
export async function supportedVpdPages(lu: LogicalUnit, options?: CommandOptions): Promise<number[]> {
  return decodeSupportedVpdPages(await vpd(lu, VPD_PAGE.SUPPORTED_VPD_PAGES, options));
}

/** VPD page 80h. */
export async function unitSerialNumber(lu: LogicalUnit, options?: CommandOptions): Promise<string> {
  return decodeUnitSerialNumber(await vpd(lu, VPD_PAGE.UNIT_SERIAL_NUMBER, options));
}

/** VPD page 83h. */
export async function deviceIdentification(lu: LogicalUnit, options?: CommandOptions): Promise<Designator[]> {
  return decodeDeviceIdentification(await vpd(lu, VPD_PAGE.DEVICE_IDENTIFICATION, options));
}

/** VPD page 86h. */
export async function extendedInquiry(lu: LogicalUnit, options?: CommandOptions): Promise<ExtendedInquiryPage> {
  return EXTENDED_INQUIRY_PAGE.decode(await vpd(lu, VPD_PAGE.EXTENDED_INQUIRY_DATA, options));
}

/** VPD page B0h: how much one command may ask for. */
export async function blockLimits(lu: LogicalUnit, options?: CommandOptions): Promise<BlockLimitsPage> {
  return BLOCK_LIMITS_PAGE.decode(await vpd(lu, VPD_PAGE.BLOCK_LIMITS, options));
}

/** VPD page B1h. */
export async function blockDeviceCharacteristics(lu: LogicalUnit, options?: CommandOptions): Promise<BlockDeviceCharacteristicsPage> {
  return BLOCK_DEVICE_CHARACTERISTICS_PAGE.decode(await vpd(lu, VPD_PAGE.BLOCK_DEVICE_CHARACTERISTICS, options));
}

/** VPD page B2h: what a thin device can unmap, and how. */
export async function logicalBlockProvisioning(lu: LogicalUnit, options?: CommandOptions): Promise<LogicalBlockProvisioningPage> {
  return LOGICAL_BLOCK_PROVISIONING_PAGE.decode(await vpd(lu, VPD_PAGE.LOGICAL_BLOCK_PROVISIONING, options));
}
