import { bits, flag, word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Logical Block Provisioning VPD page (B2h), SBC-4 6.6.7, without a provisioning group designator. */
export const LOGICAL_BLOCK_PROVISIONING_PAGE = defineStructPage(VPD_PAGE.LOGICAL_BLOCK_PROVISIONING, 8, {
  /** Thresholds count in units of 2 to this power of blocks; 0 = no thresholds. */
  thresholdExponent: word('THRESHOLD EXPONENT', 4, 1),
  /** LBPU: UNMAP unmaps. */
  unmap: flag('LBPU', 5, 7),
  /** LBPWS: WRITE SAME(16) unmaps. */
  writeSame16: flag('LBPWS', 5, 6),
  /** LBPWS10: WRITE SAME(10) unmaps. */
  writeSame10: flag('LBPWS10', 5, 5),
  /** LBPRZ: 1 = unmapped blocks read as zeros, 2 = as a provisioning initialization pattern. */
  readZeros: bits('LBPRZ', 5, 4, 3),
  /** ANC_SUP */
  anchorSupported: flag('ANC_SUP', 5, 1),
  /** DP: a provisioning group designator follows. */
  descriptorPresent: flag('DP', 5, 0),
  minimumPercentage: bits('MINIMUM PERCENTAGE', 6, 7, 5),
  /** 0 = not reported or full, 1 = resource provisioned, 2 = thin. */
  provisioningType: bits('PROVISIONING TYPE', 6, 2, 3),
  thresholdPercentage: word('THRESHOLD PERCENTAGE', 7, 1),
});

export type LogicalBlockProvisioningPage = StructValues<typeof LOGICAL_BLOCK_PROVISIONING_PAGE.fields>;
export type LogicalBlockProvisioningPageInput = StructInput<typeof LOGICAL_BLOCK_PROVISIONING_PAGE.fields>;
