import { PERIPHERAL_DEVICE_TYPE } from '../peripheral-device-type.js';
import { defineCommand } from './command.js';
import { bits, flag, requiredBits, requiredWord, word } from '../field.js';

/** A3h and A4h carry service actions everywhere but on CD/DVD devices, where they are SEND KEY and REPORT KEY (MMC-6). */
const NOT_CD: readonly number[] = Object.values(PERIPHERAL_DEVICE_TYPE).filter((type) => type !== PERIPHERAL_DEVICE_TYPE.CD_DVD);

const pageFields = { pageControl: bits('PC', 2, 7, 2), pageCode: requiredBits('PAGE CODE', 2, 5, 6), subpageCode: word('SUBPAGE CODE', 3, 1) };
const maintenanceIn = { allocationLength: requiredWord('ALLOCATION LENGTH', 6, 4) };
const maintenanceOut = { parameterListLength: requiredWord('PARAMETER LIST LENGTH', 6, 4) };
const copyResults = { listIdentifier: word('LIST IDENTIFIER', 2, 1), allocationLength: requiredWord('ALLOCATION LENGTH', 10, 4) };
const reserveIn = { allocationLength: requiredWord('ALLOCATION LENGTH', 7, 2) };
const reserveOut = {
  scope: bits('SCOPE', 2, 7, 4),
  type: bits('TYPE', 2, 3, 4),
  parameterListLength: requiredWord('PARAMETER LIST LENGTH', 5, 4),
};
/** SPC-2 7.21: third-party and extent reservations are obsolete since SPC-2 itself. */
const reserve6 = {
  thirdParty: flag('3RDPTY', 1, 4),
  thirdPartyDeviceId: bits('THIRD-PARTY DEVICE ID', 1, 3, 3),
  extent: flag('EXTENT', 1, 0),
  reservationIdentification: word('RESERVATION IDENTIFICATION', 2, 1),
};
const reserve10 = {
  thirdParty: flag('3RDPTY', 1, 4),
  longId: flag('LONGID', 1, 1),
  extent: flag('EXTENT', 1, 0),
  reservationIdentification: word('RESERVATION IDENTIFICATION', 2, 1),
  thirdPartyDeviceId: word('THIRD-PARTY DEVICE ID', 3, 1),
  parameterListLength: word('PARAMETER LIST LENGTH', 7, 2),
};

/** Commands of every device type: SPC-5 clause 6, and RESERVE and RELEASE of SPC-2 clause 7. */
export const SPC_COMMANDS = {
  testUnitReady: defineCommand({ name: 'TEST UNIT READY', opcode: 0x00, direction: 'none', fields: {} }),
  requestSense: defineCommand({
    name: 'REQUEST SENSE', opcode: 0x03, direction: 'in',
    fields: { desc: flag('DESC', 1, 0), allocationLength: requiredWord('ALLOCATION LENGTH', 4, 1) },
  }),
  inquiry: defineCommand({
    name: 'INQUIRY', opcode: 0x12, direction: 'in',
    fields: {
      cmddt: flag('CMDDT', 1, 1), evpd: flag('EVPD', 1, 0), pageCode: word('PAGE CODE', 2, 1),
      allocationLength: requiredWord('ALLOCATION LENGTH', 3, 2),
    },
  }),
  modeSelect6: defineCommand({
    name: 'MODE SELECT(6)', opcode: 0x15, direction: 'out',
    fields: {
      pageFormat: flag('PF', 1, 4), revertToDefaults: flag('RTD', 1, 1), savePages: flag('SP', 1, 0),
      parameterListLength: requiredWord('PARAMETER LIST LENGTH', 4, 1),
    },
  }),
  modeSelect10: defineCommand({
    name: 'MODE SELECT(10)', opcode: 0x55, direction: 'out',
    fields: {
      pageFormat: flag('PF', 1, 4), revertToDefaults: flag('RTD', 1, 1), savePages: flag('SP', 1, 0),
      parameterListLength: requiredWord('PARAMETER LIST LENGTH', 7, 2),
    },
  }),
  modeSense6: defineCommand({
    name: 'MODE SENSE(6)', opcode: 0x1a, direction: 'in',
    fields: { disableBlockDescriptors: flag('DBD', 1, 3), ...pageFields, allocationLength: requiredWord('ALLOCATION LENGTH', 4, 1) },
  }),
  modeSense10: defineCommand({
    name: 'MODE SENSE(10)', opcode: 0x5a, direction: 'in',
    fields: {
      longLbaAccepted: flag('LLBAA', 1, 4), disableBlockDescriptors: flag('DBD', 1, 3), ...pageFields,
      allocationLength: requiredWord('ALLOCATION LENGTH', 7, 2),
    },
  }),
  reserve6: defineCommand({
    name: 'RESERVE(6)', opcode: 0x16, direction: 'none',
    fields: { ...reserve6, parameterListLength: word('PARAMETER LIST LENGTH', 3, 2) },
  }),
  release6: defineCommand({ name: 'RELEASE(6)', opcode: 0x17, direction: 'none', fields: reserve6 }),
  reserve10: defineCommand({ name: 'RESERVE(10)', opcode: 0x56, direction: 'none', fields: reserve10 }),
  release10: defineCommand({ name: 'RELEASE(10)', opcode: 0x57, direction: 'none', fields: reserve10 }),
  receiveDiagnosticResults: defineCommand({
    name: 'RECEIVE DIAGNOSTIC RESULTS', opcode: 0x1c, direction: 'in',
    fields: { pageCodeValid: flag('PCV', 1, 0), pageCode: word('PAGE CODE', 2, 1), allocationLength: requiredWord('ALLOCATION LENGTH', 3, 2) },
  }),
  sendDiagnostic: defineCommand({
    name: 'SEND DIAGNOSTIC', opcode: 0x1d, direction: 'out',
    fields: {
      selfTestCode: bits('SELF-TEST CODE', 1, 7, 3), pageFormat: flag('PF', 1, 4), selfTest: flag('SELFTEST', 1, 2),
      deviceOffline: flag('DEVOFFL', 1, 1), unitOffline: flag('UNITOFFL', 1, 0), parameterListLength: word('PARAMETER LIST LENGTH', 3, 2),
    },
  }),
  writeBuffer: defineCommand({
    name: 'WRITE BUFFER', opcode: 0x3b, direction: 'out',
    fields: {
      modeSpecific: bits('MODE SPECIFIC', 1, 7, 3), mode: requiredBits('MODE', 1, 4, 5), bufferId: word('BUFFER ID', 2, 1),
      bufferOffset: word('BUFFER OFFSET', 3, 3), parameterListLength: requiredWord('PARAMETER LIST LENGTH', 6, 3),
    },
  }),
  readBuffer10: defineCommand({
    name: 'READ BUFFER(10)', opcode: 0x3c, direction: 'in',
    fields: {
      modeSpecific: bits('MODE SPECIFIC', 1, 7, 3), mode: requiredBits('MODE', 1, 4, 5), bufferId: word('BUFFER ID', 2, 1),
      bufferOffset: word('BUFFER OFFSET', 3, 3), allocationLength: requiredWord('ALLOCATION LENGTH', 6, 3),
    },
  }),
  logSelect: defineCommand({
    name: 'LOG SELECT', opcode: 0x4c, direction: 'out',
    fields: {
      parameterCodeReset: flag('PCR', 1, 1), saveParameters: flag('SP', 1, 0), pageControl: bits('PC', 2, 7, 2),
      pageCode: bits('PAGE CODE', 2, 5, 6), subpageCode: word('SUBPAGE CODE', 3, 1),
      parameterListLength: requiredWord('PARAMETER LIST LENGTH', 7, 2),
    },
  }),
  logSense: defineCommand({
    name: 'LOG SENSE', opcode: 0x4d, direction: 'in',
    fields: {
      saveParameters: flag('SP', 1, 0), ...pageFields, parameterPointer: word('PARAMETER POINTER', 5, 2),
      allocationLength: requiredWord('ALLOCATION LENGTH', 7, 2),
    },
  }),
  readKeys: defineCommand({ name: 'PERSISTENT RESERVE IN (READ KEYS)', opcode: 0x5e, serviceAction: 0x00, direction: 'in', fields: reserveIn }),
  readReservation: defineCommand({
    name: 'PERSISTENT RESERVE IN (READ RESERVATION)', opcode: 0x5e, serviceAction: 0x01, direction: 'in', fields: reserveIn,
  }),
  reportCapabilities: defineCommand({
    name: 'PERSISTENT RESERVE IN (REPORT CAPABILITIES)', opcode: 0x5e, serviceAction: 0x02, direction: 'in', fields: reserveIn,
  }),
  readFullStatus: defineCommand({
    name: 'PERSISTENT RESERVE IN (READ FULL STATUS)', opcode: 0x5e, serviceAction: 0x03, direction: 'in', fields: reserveIn,
  }),
  register: defineCommand({ name: 'PERSISTENT RESERVE OUT (REGISTER)', opcode: 0x5f, serviceAction: 0x00, direction: 'out', fields: reserveOut }),
  reserve: defineCommand({ name: 'PERSISTENT RESERVE OUT (RESERVE)', opcode: 0x5f, serviceAction: 0x01, direction: 'out', fields: reserveOut }),
  release: defineCommand({ name: 'PERSISTENT RESERVE OUT (RELEASE)', opcode: 0x5f, serviceAction: 0x02, direction: 'out', fields: reserveOut }),
  clear: defineCommand({ name: 'PERSISTENT RESERVE OUT (CLEAR)', opcode: 0x5f, serviceAction: 0x03, direction: 'out', fields: reserveOut }),
  preempt: defineCommand({ name: 'PERSISTENT RESERVE OUT (PREEMPT)', opcode: 0x5f, serviceAction: 0x04, direction: 'out', fields: reserveOut }),
  preemptAndAbort: defineCommand({
    name: 'PERSISTENT RESERVE OUT (PREEMPT AND ABORT)', opcode: 0x5f, serviceAction: 0x05, direction: 'out', fields: reserveOut,
  }),
  registerAndIgnoreExistingKey: defineCommand({
    name: 'PERSISTENT RESERVE OUT (REGISTER AND IGNORE EXISTING KEY)', opcode: 0x5f, serviceAction: 0x06, direction: 'out', fields: reserveOut,
  }),
  registerAndMove: defineCommand({
    name: 'PERSISTENT RESERVE OUT (REGISTER AND MOVE)', opcode: 0x5f, serviceAction: 0x07, direction: 'out', fields: reserveOut,
  }),
  replaceLostReservation: defineCommand({
    name: 'PERSISTENT RESERVE OUT (REPLACE LOST RESERVATION)', opcode: 0x5f, serviceAction: 0x08, direction: 'out', fields: reserveOut,
  }),
  extendedCopyLid1: defineCommand({
    name: 'EXTENDED COPY(LID1)', opcode: 0x83, serviceAction: 0x00, direction: 'out',
    fields: { parameterListLength: requiredWord('PARAMETER LIST LENGTH', 10, 4) },
  }),
  receiveCopyStatusLid1: defineCommand({
    name: 'RECEIVE COPY STATUS(LID1)', opcode: 0x84, serviceAction: 0x00, direction: 'in', fields: copyResults,
  }),
  receiveCopyOperatingParameters: defineCommand({
    name: 'RECEIVE COPY OPERATING PARAMETERS', opcode: 0x84, serviceAction: 0x03, direction: 'in',
    fields: { allocationLength: requiredWord('ALLOCATION LENGTH', 10, 4) },
  }),
  receiveCopyFailureDetailsLid1: defineCommand({
    name: 'RECEIVE COPY FAILURE DETAILS(LID1)', opcode: 0x84, serviceAction: 0x04, direction: 'in', fields: copyResults,
  }),
  reportLuns: defineCommand({
    name: 'REPORT LUNS', opcode: 0xa0, direction: 'in',
    fields: { selectReport: word('SELECT REPORT', 2, 1), allocationLength: requiredWord('ALLOCATION LENGTH', 6, 4) },
  }),
  reportIdentifyingInformation: defineCommand({
    name: 'REPORT IDENTIFYING INFORMATION', opcode: 0xa3, serviceAction: 0x05, direction: 'in', deviceTypes: NOT_CD,
    fields: { ...maintenanceIn, identifyingInformationType: bits('IDENTIFYING INFORMATION TYPE', 10, 7, 7) },
  }),
  reportTargetPortGroups: defineCommand({
    name: 'REPORT TARGET PORT GROUPS', opcode: 0xa3, serviceAction: 0x0a, direction: 'in', deviceTypes: NOT_CD,
    fields: { parameterDataFormat: bits('PARAMETER DATA FORMAT', 1, 7, 3), ...maintenanceIn },
  }),
  reportSupportedOperationCodes: defineCommand({
    name: 'REPORT SUPPORTED OPERATION CODES', opcode: 0xa3, serviceAction: 0x0c, direction: 'in', deviceTypes: NOT_CD,
    fields: {
      returnTimeouts: flag('RCTD', 2, 7), reportingOptions: bits('REPORTING OPTIONS', 2, 2, 3),
      requestedOperationCode: word('REQUESTED OPERATION CODE', 3, 1), requestedServiceAction: word('REQUESTED SERVICE ACTION', 4, 2), ...maintenanceIn,
    },
  }),
  reportSupportedTaskManagementFunctions: defineCommand({
    name: 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS', opcode: 0xa3, serviceAction: 0x0d, direction: 'in', deviceTypes: NOT_CD,
    fields: { returnExtendedData: flag('REPD', 2, 7), ...maintenanceIn },
  }),
  setTargetPortGroups: defineCommand({
    name: 'SET TARGET PORT GROUPS', opcode: 0xa4, serviceAction: 0x0a, direction: 'out', deviceTypes: NOT_CD, fields: maintenanceOut,
  }),
};
