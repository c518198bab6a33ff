import { bits, flag, word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Block Device Characteristics VPD page (B1h), SBC-4 6.6.2. */
export const BLOCK_DEVICE_CHARACTERISTICS_PAGE = defineStructPage(VPD_PAGE.BLOCK_DEVICE_CHARACTERISTICS, 64, {
  /** 0 = not reported, 1 = does not rotate, 0401h to FFFEh = turns per minute. */
  mediumRotationRate: word('MEDIUM ROTATION RATE', 4, 2),
  productType: word('PRODUCT TYPE', 6, 1),
  writeAfterBlockEraseRequired: bits('WABEREQ', 7, 7, 2),
  writeAfterCryptographicEraseRequired: bits('WACEREQ', 7, 5, 2),
  nominalFormFactor: bits('NOMINAL FORM FACTOR', 7, 3, 4),
  multipleActuators: flag('MACT', 8, 6),
  zoned: bits('ZONED', 8, 5, 2),
  rbwz: flag('RBWZ', 8, 3),
  bocs: flag('BOCS', 8, 2),
  fuab: flag('FUAB', 8, 1),
  vbuls: flag('VBULS', 8, 0),
  /** Seconds. */
  depopulationTime: word('DEPOPULATION TIME', 12, 4),
});

export type BlockDeviceCharacteristicsPage = StructValues<typeof BLOCK_DEVICE_CHARACTERISTICS_PAGE.fields>;
export type BlockDeviceCharacteristicsPageInput = StructInput<typeof BLOCK_DEVICE_CHARACTERISTICS_PAGE.fields>;
