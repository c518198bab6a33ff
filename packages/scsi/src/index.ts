/**
 * The vocabulary of SCSI, and a `LogicalUnit` to speak it to.
 *
 * ```js
 * import { cdb, commandName, decodeSense, describeSense, encodeSense, SENSE_CONDITION } from '@scst/scsi';
 *
 * const read = cdb.read16({ lba: 2n ** 33n, transferLength: 8, fua: true });
 * console.log(commandName(read)); // READ(16)
 *
 * const sense = encodeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
 * console.log(describeSense(decodeSense(sense))); // ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)
 * ```
 *
 * @packageDocumentation
 */
export {
  STATUS,
  TransportError,
  type CommandRequest,
  type CommandResult,
  type LogicalUnit,
  type ResetKind,
  type TaskAttribute,
} from './logical-unit.js';
export type { CommandSink, ScsiTask } from './command-sink.js';
export { logicalUnitSink } from './logical-unit-sink.js';
export { statusName } from './status.js';
export {
  readAscii, readU16, readU24, readU32, readU64, readU64Number, readU8,
  writeAscii, writeU16, writeU24, writeU32, writeU64, writeU8,
} from './bytes.js';
export { ScsiDataError } from './data-error.js';
export { PERIPHERAL_DEVICE_TYPE, peripheralDeviceTypeName } from './peripheral-device-type.js';

export { additionalSenseName, senseTriple } from './sense/additional-sense-code.js';
export { type CopyAborted, type CopyDeviceAnswer, decodeCopyAborted, encodeCopyAborted } from './sense/copy-aborted.js';
export { decodeSense, SENSE_DESCRIPTOR, tryDecodeSense } from './sense/decode-sense.js';
export { describeSense, explainSense } from './sense/describe-sense.js';
export { encodeSense } from './sense/encode-sense.js';
export { isCondition, SENSE_CONDITION, type SenseCondition } from './sense/sense-condition.js';
export { SENSE_KEY, senseKeyName } from './sense/sense-key.js';
export type { FieldPointer, SegmentPointer, Sense, SenseFormat, SenseInput, SenseKeySpecific, StreamConditions } from './sense/sense.js';

export { cdbLength, OPCODE, SERVICE_ACTION, variableCdbLength } from './opcodes.js';
export { cdb } from './cdb/cdb.js';
export { type CdbValues, type Command, type CommandRow, type DataDirection, decodeCdb, type DecodedCdb, defineCommand, encodeCdb } from './cdb/command.js';
export { COMMAND_ROWS, commandName, commandOf, commandRowOf, COMMANDS } from './cdb/commands.js';
export { cdbFieldAt, explainCdb, type ExplainedCdb, type ExplainedField } from './cdb/explain-cdb.js';
export type { BitField, BitFields, FieldValue } from './field.js';

export { decodeStandardInquiry, encodeStandardInquiry, type StandardInquiry, type StandardInquiryInput } from './data/inquiry.js';
export { decodeVpdPage, encodeVpdPage, VPD_PAGE, type VpdPage, type VpdPeripheral } from './data/vpd/page.js';
export { decodeSupportedVpdPages, encodeSupportedVpdPages } from './data/vpd/supported-pages.js';
export { decodeUnitSerialNumber, encodeUnitSerialNumber } from './data/vpd/unit-serial-number.js';
export {
  ASSOCIATION, CODE_SET, decodeDesignators, type Designator, DESIGNATOR_TYPE, type DesignatorHeader, type DesignatorName, encodeDesignator,
} from './data/vpd/designator.js';
export { decodeDeviceIdentification, encodeDeviceIdentification } from './data/vpd/device-identification.js';
export { decodeManagementNetworkAddresses, encodeManagementNetworkAddresses, type ManagementNetworkAddress } from './data/vpd/management-network-addresses.js';
export { EXTENDED_INQUIRY_PAGE, type ExtendedInquiryPage, type ExtendedInquiryPageInput } from './data/vpd/extended-inquiry.js';
export { decodeModePagePolicy, encodeModePagePolicy, type ModePagePolicy } from './data/vpd/mode-page-policy.js';
export { decodeScsiPorts, encodeScsiPorts, type ScsiPort } from './data/vpd/scsi-ports.js';
export { BLOCK_LIMITS_PAGE, type BlockLimitsPage, type BlockLimitsPageInput } from './data/vpd/block-limits.js';
export {
  BLOCK_DEVICE_CHARACTERISTICS_PAGE, type BlockDeviceCharacteristicsPage, type BlockDeviceCharacteristicsPageInput,
} from './data/vpd/block-device-characteristics.js';
export {
  LOGICAL_BLOCK_PROVISIONING_PAGE, type LogicalBlockProvisioningPage, type LogicalBlockProvisioningPageInput,
} from './data/vpd/logical-block-provisioning.js';
export { REFERRALS_PAGE, type ReferralsPage, type ReferralsPageInput } from './data/vpd/referrals.js';
export {
  ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE, type ZonedBlockDeviceCharacteristicsPage, type ZonedBlockDeviceCharacteristicsPageInput,
} from './data/vpd/zoned-block-device-characteristics.js';
export type { StructPage } from './data/vpd/struct-page.js';
export type { Struct, StructInput, StructValues } from './data/struct.js';

export {
  decodeReadCapacity10, decodeReadCapacity16, encodeReadCapacity10, encodeReadCapacity16, needsReadCapacity16, type ReadCapacity10, type ReadCapacity16,
} from './data/read-capacity.js';
export { decodeLun, encodeLun, LUN_LENGTH, type LunAddress, type LunAddressMethod, lunFromBigint, lunToBigint } from './data/lun.js';
export { decodeReportLuns, encodeReportLuns, type ReportLuns, SELECT_REPORT } from './data/report-luns.js';

export { BLOCK_DESCRIPTOR_LENGTH, decodeBlockDescriptors, encodeBlockDescriptor, type ModeBlockDescriptor } from './data/mode/block-descriptor.js';
export { type ModePage, PAGE_CONTROL } from './data/mode/mode-page.js';
export {
  ALL_MODE_PAGES, ALL_MODE_SUBPAGES, CACHING_PAGE, type CachingPage, CONTROL_PAGE, type ControlPage, DISCONNECT_RECONNECT_PAGE, FORMAT_DEVICE_PAGE,
  INFORMATIONAL_EXCEPTIONS_CONTROL_PAGE, MODE_PAGES, READ_WRITE_ERROR_RECOVERY_PAGE, RIGID_DISK_GEOMETRY_PAGE,
} from './data/mode/pages.js';
export {
  decodeModeParameters10, decodeModeParameters6, DEVICE_SPECIFIC_PARAMETER, encodeModeParameters10, encodeModeParameters6, MODE_HEADER_LENGTH,
  type ModeParameters, type ModeParametersInput, type RawModePage, splitModePages,
} from './data/mode/parameter-list.js';

export {
  decodeReadFullStatus, decodeReadKeys, decodeReadReservation, decodeReportCapabilities, encodeReadFullStatus, encodeReadKeys, encodeReadReservation,
  encodeReportCapabilities, type FullStatusDescriptor, type ReadFullStatus, type ReadKeys, type ReadReservation, type ReportCapabilities,
  type Reservation, type ReservationDataHeader,
} from './data/persistent-reservations/in.js';
export {
  decodePersistentReserveOut, decodeRegisterAndMove, encodePersistentReserveOut, encodeRegisterAndMove, PERSISTENT_RESERVE_OUT_LENGTH,
  type PersistentReserveOut, type PersistentReserveOutInput, type RegisterAndMove,
} from './data/persistent-reservations/out.js';
export { RESERVATION_SCOPE, RESERVATION_TYPE, reservationTypeName } from './data/persistent-reservations/types.js';

export {
  ASYMMETRIC_ACCESS_STATE, asymmetricAccessStateName, decodeReportTargetPortGroups, decodeSetTargetPortGroups, encodeReportTargetPortGroups,
  encodeSetTargetPortGroups, type ReportTargetPortGroups, type SetTargetPortGroup, type TargetPortGroup, type TargetPortGroupInput,
} from './data/target-port-groups.js';
export {
  COMMAND_SUPPORT, type CommandTimeouts, decodeOneCommand, decodeSupportedCommands, encodeOneCommand, encodeSupportedCommands, type OneCommand,
  REPORTING_OPTIONS, type SupportedCommand,
} from './data/supported-operation-codes.js';
export {
  decodeSupportedTaskManagementFunctions, encodeSupportedTaskManagementFunctions, type SupportedTaskManagementFunctions, type TaskManagementTimeouts,
} from './data/supported-task-management-functions.js';
export { decodeUnmap, encodeUnmap, type LbaRange } from './data/unmap.js';
export { decodeLbaStatus, encodeLbaStatus, type LbaStatus, type LbaStatusDescriptor, PROVISIONING_STATUS } from './data/lba-status.js';
export { decodeToc, encodeToc, LEAD_OUT_TRACK, type Toc, TOC_FORMAT, type TocOptions, type TocTrack } from './data/read-toc.js';
export {
  decodeLogPage, decodeLogParameters, decodeSupportedLogPages, encodeLogPage, encodeLogParameters, type LogPage, type LogParameter,
} from './data/log-page.js';
export {
  COPY_DESCRIPTOR, type CopySegment, type CopyTarget, decodeExtendedCopy, encodeExtendedCopy, type ExtendedCopyParameters,
} from './data/copy/extended-copy.js';
export {
  COPY_MANAGER_STATUS, type CopyOperatingParameters, type CopyStatus, decodeCopyOperatingParameters, decodeCopyStatus, encodeCopyOperatingParameters,
  encodeCopyStatus,
} from './data/copy/copy-results.js';

export { type CommandOptions, execute } from './commands/execute.js';
export { ScsiError, type ScsiErrorCode } from './commands/scsi-error.js';
export {
  blockDeviceCharacteristics, blockLimits, deviceIdentification, extendedInquiry, inquiry, logicalBlockProvisioning, supportedVpdPages,
  unitSerialNumber, vpd,
} from './commands/inquiry.js';
export {
  formatUnit, type FormatUnitOptions, preventAllowMediumRemoval, releaseUnit, reportLuns, type ReportLunsOptions, requestSense,
  type RequestSenseOptions, reserveUnit, selfTest, startStopUnit, type StartStopUnitOptions, testUnitReady,
} from './commands/unit.js';
export { type Capacity, getLbaStatus, type GetLbaStatusOptions, readCapacity, readCapacity10, readCapacity16 } from './commands/capacity.js';
export { read, type ReadOptions, type TransferOptions, write, type WriteOptions } from './commands/read-write.js';
export {
  compareAndWrite, type CompareAndWriteOptions, type CompareAndWriteResult, preFetch, type PreFetchOptions, type RangeOptions, synchronizeCache,
  type SynchronizeCacheOptions, unmap, type UnmapOptions, verify, type VerifyOptions, writeAndVerify, type WriteAndVerifyOptions, writeSame,
  type WriteSameOptions,
} from './commands/blocks.js';
export { changeModePage, modePage, modeSelect, type ModeSelectOptions, modeSense, type ModeSenseOptions } from './commands/mode.js';
export {
  persistentReserveIn, persistentReserveOut, type PreemptOptions, type RegisterAndMoveOptions, type RegisterOptions, type ReservationOptions,
} from './commands/persistent-reserve.js';
export {
  logSense, type LogSenseOptions, reportSupportedOperationCode, reportSupportedOperationCodes, reportSupportedTaskManagementFunctions,
  reportTargetPortGroups, type ReportTargetPortGroupsOptions, setTargetPortGroups, type SupportedOperationCodeOptions,
  type SupportedOperationCodesOptions,
} from './commands/management.js';
export { extendedCopy, receiveCopyOperatingParameters, receiveCopyStatus } from './commands/copy.js';
export { readToc, type ReadTocOptions } from './commands/cd.js';

export { hctl, type ListedScsiDevice } from './linux/listed-device.js';
export { formatLsscsi, lsscsiTypeName } from './linux/lsscsi.js';
export { formatProcScsi } from './linux/proc-scsi.js';
