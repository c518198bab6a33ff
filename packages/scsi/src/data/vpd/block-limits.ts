import { bits, flag, long, word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Block Limits VPD page (B0h), SBC-4 6.6.4. Lengths are in logical blocks; zero mostly means "no limit reported". */
export const BLOCK_LIMITS_PAGE = defineStructPage(VPD_PAGE.BLOCK_LIMITS, 64, {
  /** WSNZ: a WRITE SAME of zero blocks is refused. */
  writeSameNonZero: flag('WSNZ', 4, 0),
  maximumCompareAndWriteLength: word('MAXIMUM COMPARE AND WRITE LENGTH', 5, 1),
  optimalTransferLengthGranularity: word('OPTIMAL TRANSFER LENGTH GRANULARITY', 6, 2),
  maximumTransferLength: word('MAXIMUM TRANSFER LENGTH', 8, 4),
  optimalTransferLength: word('OPTIMAL TRANSFER LENGTH', 12, 4),
  maximumPrefetchLength: word('MAXIMUM PREFETCH LENGTH', 16, 4),
  maximumUnmapLbaCount: word('MAXIMUM UNMAP LBA COUNT', 20, 4),
  maximumUnmapBlockDescriptorCount: word('MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT', 24, 4),
  optimalUnmapGranularity: word('OPTIMAL UNMAP GRANULARITY', 28, 4),
  /** UGAVALID */
  unmapGranularityAlignmentValid: flag('UGAVALID', 32, 7),
  unmapGranularityAlignment: bits('UNMAP GRANULARITY ALIGNMENT', 32, 6, 31),
  maximumWriteSameLength: long('MAXIMUM WRITE SAME LENGTH', 36),
  maximumAtomicTransferLength: word('MAXIMUM ATOMIC TRANSFER LENGTH', 44, 4),
  atomicAlignment: word('ATOMIC ALIGNMENT', 48, 4),
  atomicTransferLengthGranularity: word('ATOMIC TRANSFER LENGTH GRANULARITY', 52, 4),
  maximumAtomicTransferLengthWithAtomicBoundary: word('MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY', 56, 4),
  maximumAtomicBoundarySize: word('MAXIMUM ATOMIC BOUNDARY SIZE', 60, 4),
});

export type BlockLimitsPage = StructValues<typeof BLOCK_LIMITS_PAGE.fields>;
export type BlockLimitsPageInput = StructInput<typeof BLOCK_LIMITS_PAGE.fields>;
