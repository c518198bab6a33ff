import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { fromHex } from '../testing/arbitraries.js';
import { RECORDED } from '../testing/recorded.js';
import { decodeCopyOperatingParameters, decodeCopyStatus } from './copy/copy-results.js';
import { decodeExtendedCopy } from './copy/extended-copy.js';
import { decodeStandardInquiry } from './inquiry.js';
import { decodeLbaStatus } from './lba-status.js';
import { decodeLogPage, decodeLogParameters, decodeSupportedLogPages } from './log-page.js';
import { decodeLun } from './lun.js';
import { MODE_PAGES } from './mode/pages.js';
import { decodeModeParameters10, decodeModeParameters6 } from './mode/parameter-list.js';
import { decodeReadFullStatus, decodeReadKeys, decodeReadReservation, decodeReportCapabilities } from './persistent-reservations/in.js';
import { decodePersistentReserveOut, decodeRegisterAndMove } from './persistent-reservations/out.js';
import { decodeReadCapacity10, decodeReadCapacity16 } from './read-capacity.js';
import { decodeToc } from './read-toc.js';
import { decodeReportLuns } from './report-luns.js';
import { decodeOneCommand, decodeSupportedCommands } from './supported-operation-codes.js';
import { decodeSupportedTaskManagementFunctions } from './supported-task-management-functions.js';
import { decodeReportTargetPortGroups, decodeSetTargetPortGroups } from './target-port-groups.js';
import { decodeUnmap } from './unmap.js';
import { BLOCK_LIMITS_PAGE } from './vpd/block-limits.js';
import { decodeDeviceIdentification } from './vpd/device-identification.js';
import { decodeManagementNetworkAddresses } from './vpd/management-network-addresses.js';
import { decodeModePagePolicy } from './vpd/mode-page-policy.js';
import { decodeScsiPorts } from './vpd/scsi-ports.js';
import { decodeSupportedVpdPages } from './vpd/supported-pages.js';
import { decodeUnitSerialNumber } from './vpd/unit-serial-number.js';

/** Each decoder with the start of its data, so that random bytes get past the first check. */
const decoders: [string, (bytes: Uint8Array) => unknown, string][] = [
  ['standard INQUIRY', decodeStandardInquiry, '000006223d'],
  ['VPD 00', decodeSupportedVpdPages, '0000'],
  ['VPD 80', decodeUnitSerialNumber, '0080'],
  ['VPD 83', decodeDeviceIdentification, '0083'],
  ['VPD 85', decodeManagementNetworkAddresses, '0085'],
  ['VPD 87', decodeModePagePolicy, '0087'],
  ['VPD 88', decodeScsiPorts, '008800ff'],
  ['VPD B0', BLOCK_LIMITS_PAGE.decode, '00b0'],
  ['READ CAPACITY(10)', decodeReadCapacity10, ''],
  ['READ CAPACITY(16)', decodeReadCapacity16, ''],
  ['REPORT LUNS', decodeReportLuns, '0000'],
  ['LUN', decodeLun, ''],
  ['MODE SENSE(6)', decodeModeParameters6, ''],
  ['MODE SENSE(10)', decodeModeParameters10, '00'],
  ['mode page 08', MODE_PAGES.caching.decode, '08'],
  ['READ KEYS', decodeReadKeys, '00000000'],
  ['READ RESERVATION', decodeReadReservation, '00000000'],
  ['REPORT CAPABILITIES', decodeReportCapabilities, '00'],
  ['READ FULL STATUS', decodeReadFullStatus, RECORDED.readFullStatus.slice(0, 56)],
  ['PERSISTENT RESERVE OUT', decodePersistentReserveOut, RECORDED.registerSpecIPt.slice(0, 54)],
  ['REGISTER AND MOVE', decodeRegisterAndMove, RECORDED.registerAndMove.slice(0, 46)],
  ['REPORT TARGET PORT GROUPS', decodeReportTargetPortGroups, '000000'],
  ['SET TARGET PORT GROUPS', decodeSetTargetPortGroups, ''],
  ['all_commands', decodeSupportedCommands, '000000'],
  ['one_command', decodeOneCommand, '0083'],
  ['REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS', decodeSupportedTaskManagementFunctions, ''],
  ['UNMAP', decodeUnmap, '0000'],
  ['GET LBA STATUS', decodeLbaStatus, '000000'],
  ['READ TOC', decodeToc, '00'],
  ['EXTENDED COPY', decodeExtendedCopy, RECORDED.extendedCopy.slice(0, 40)],
  ['copy operating parameters', decodeCopyOperatingParameters, RECORDED.copyOperatingParameters.slice(0, 80)],
  ['copy status', decodeCopyStatus, ''],
  ['log page', decodeLogPage, ''],
  ['log parameters', decodeLogParameters, ''],
  ['supported log pages', decodeSupportedLogPages, '0000'],
];

describe('every decoder, on short and on hostile data', () => {
  it.each(decoders)('%s gives what is there or a ScsiDataError that points into the data', (_, decode, prefix) => {
    const start = fromHex(prefix);
    const hostile = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 160 })).map(([valid, rest]) => (valid ? Uint8Array.of(...start, ...rest) : rest));
    fc.assert(
      fc.property(hostile, (bytes) => {
        const before = bytes.slice();
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ScsiDataError);
          expect((error as ScsiDataError).offset).toBeLessThanOrEqual(bytes.length);
        }
        expect(bytes).toEqual(before);
      }),
    );
  });

  it.each(decoders)('%s does not look beyond a view on a larger buffer', (_, decode, prefix) => {
    const start = fromHex(prefix);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 64, maxLength: 64 }), (rest, behind) => {
        const bytes = Uint8Array.of(...start, ...rest);
        const outcome = (data: Uint8Array): unknown => {
          try {
            return decode(data);
          } catch (error) {
            return error instanceof ScsiDataError ? error.message : error;
          }
        };
        expect(outcome(Uint8Array.of(...bytes, ...behind).subarray(0, bytes.length))).toEqual(outcome(bytes));
      }),
      { numRuns: 30 },
    );
  });
});
