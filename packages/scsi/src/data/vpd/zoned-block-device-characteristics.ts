import { bits, flag, long, word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Zoned Block Device Characteristics VPD page (B6h), ZBC-2 6.5.2. FFFFFFFFh means "not reported" or "no limit". */
export const ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE = defineStructPage(VPD_PAGE.ZONED_BLOCK_DEVICE_CHARACTERISTICS, 64, {
  zonedBlockDeviceExtension: bits('ZONED BLOCK DEVICE EXTENSION', 4, 7, 4),
  activationAlignedWithRealmBoundaries: flag('AAORB', 4, 1),
  /** URSWRZ: reads beyond the write pointer are allowed. */
  unrestrictedReadInSequentialWriteRequiredZone: flag('URSWRZ', 4, 0),
  optimalOpenSequentialWritePreferredZones: word('OPTIMAL NUMBER OF OPEN SEQUENTIAL WRITE PREFERRED ZONES', 8, 4),
  optimalNonSequentiallyWrittenSequentialWritePreferredZones: word('OPTIMAL NUMBER OF NON-SEQUENTIALLY WRITTEN SEQUENTIAL WRITE PREFERRED ZONES', 12, 4),
  maximumOpenSequentialWriteRequiredZones: word('MAXIMUM NUMBER OF OPEN SEQUENTIAL WRITE REQUIRED ZONES', 16, 4),
  zoneAlignmentMethod: bits('ZONE ALIGNMENT METHOD', 23, 3, 4),
  zoneStartingLbaGranularity: long('ZONE STARTING LBA GRANULARITY', 24),
});

export type ZonedBlockDeviceCharacteristicsPage = StructValues<typeof ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE.fields>;
export type ZonedBlockDeviceCharacteristicsPageInput = StructInput<typeof ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE.fields>;
