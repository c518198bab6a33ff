import { bits, bytes, defineHeader, flag, number } from './header.js';
import { AT, CONTINUE, FINAL, OPCODE, RESPONSE_FLAG } from './opcode.js';

const final = flag(AT.FLAGS, FINAL);
const lun = bytes(AT.LUN, 8);
const targetTransferTag = number(AT.TARGET_TRANSFER_TAG, 4);
const numbering = { statSn: number(AT.STAT_SN, 4), expCmdSn: number(AT.EXP_CMD_SN, 4), maxCmdSn: number(AT.MAX_CMD_SN, 4) } as const;
const overflow = flag(AT.FLAGS, RESPONSE_FLAG.OVERFLOW);
const underflow = flag(AT.FLAGS, RESPONSE_FLAG.UNDERFLOW);
const residualCount = number(AT.RESIDUAL_COUNT, 4);

/** RFC 7143 11.19. */
export const nopIn = defineHeader('NOP-In', OPCODE.NOP_IN, { ...numbering, final, lun, targetTransferTag });

/** 11.4. */
export const scsiResponse = defineHeader('SCSI Response', OPCODE.SCSI_RESPONSE, {
  ...numbering,
  final,
  bidiOverflow: flag(AT.FLAGS, RESPONSE_FLAG.BIDI_OVERFLOW),
  bidiUnderflow: flag(AT.FLAGS, RESPONSE_FLAG.BIDI_UNDERFLOW),
  overflow,
  underflow,
  response: number(AT.RESPONSE, 1),
  status: number(AT.STATUS, 1),
  snackTag: number(20, 4),
  expDataSn: number(36, 4),
  bidiReadResidualCount: number(AT.BIDI_READ_RESIDUAL, 4),
  residualCount,
});

/** 11.6. */
export const taskManagementResponse = defineHeader('Task Management Function Response', OPCODE.TASK_MANAGEMENT_RESPONSE, {
  ...numbering,
  final,
  response: number(AT.RESPONSE, 1),
});

/** 11.6.1. */
export const TASK_MANAGEMENT_RESPONSE = {
  COMPLETE: 0,
  NO_SUCH_TASK: 1,
  NO_SUCH_LUN: 2,
  TASK_STILL_ALLEGIANT: 3,
  REASSIGNMENT_NOT_SUPPORTED: 4,
  NOT_SUPPORTED: 5,
  AUTHORIZATION_FAILED: 6,
  REJECTED: 255,
} as const;

/** 11.13. */
export const loginResponse = defineHeader('Login Response', OPCODE.LOGIN_RESPONSE, {
  ...numbering,
  transit: flag(AT.FLAGS, FINAL),
  continue: flag(AT.FLAGS, CONTINUE),
  currentStage: bits(AT.FLAGS, 0x0c),
  nextStage: bits(AT.FLAGS, 0x03),
  versionMax: number(2, 1),
  versionActive: number(3, 1),
  isid: bytes(8, 6),
  tsih: number(14, 2),
  statusClass: number(36, 1),
  statusDetail: number(37, 1),
});

/** 11.11. */
export const textResponse = defineHeader('Text Response', OPCODE.TEXT_RESPONSE, {
  ...numbering,
  final,
  continue: flag(AT.FLAGS, CONTINUE),
  lun,
  targetTransferTag,
});

/** 11.7. */
export const dataIn = defineHeader('SCSI Data-In', OPCODE.DATA_IN, {
  ...numbering,
  final,
  acknowledge: flag(AT.FLAGS, 0x40),
  overflow,
  underflow,
  hasStatus: flag(AT.FLAGS, RESPONSE_FLAG.STATUS),
  status: number(AT.STATUS, 1),
  lun,
  targetTransferTag,
  dataSn: number(AT.DATA_SN, 4),
  bufferOffset: number(AT.BUFFER_OFFSET, 4),
  residualCount,
});

/** 11.15. Seconds. */
export const logoutResponse = defineHeader('Logout Response', OPCODE.LOGOUT_RESPONSE, {
  ...numbering,
  final,
  response: number(AT.RESPONSE, 1),
  time2Wait: number(40, 2),
  time2Retain: number(42, 2),
});

/** 11.15.1. */
export const LOGOUT_RESPONSE = { CLOSED: 0, NO_SUCH_CID: 1, RECOVERY_NOT_SUPPORTED: 2, CLEANUP_FAILED: 3 } as const;

/** 11.8. */
export const r2t = defineHeader('R2T', OPCODE.R2T, {
  ...numbering,
  final,
  lun,
  targetTransferTag,
  r2tSn: number(AT.DATA_SN, 4),
  bufferOffset: number(AT.BUFFER_OFFSET, 4),
  desiredDataTransferLength: number(AT.DESIRED_LENGTH, 4),
});

/** 11.9. */
export const asyncMessage = defineHeader('Asynchronous Message', OPCODE.ASYNC_MESSAGE, {
  ...numbering,
  final,
  lun,
  event: number(36, 1),
  vendorCode: number(37, 1),
  parameter1: number(38, 2),
  parameter2: number(40, 2),
  parameter3: number(42, 2),
});

/** 11.9.1. */
export const ASYNC_EVENT = { SCSI: 0, LOGOUT_REQUEST: 1, DROP_CONNECTION: 2, DROP_SESSION: 3, NEGOTIATE: 4, ALL_TASKS_TERMINATED: 5 } as const;

/** 11.17. The header of the rejected PDU is its data. */
export const reject = defineHeader('Reject', OPCODE.REJECT, { ...numbering, final, reason: number(AT.RESPONSE, 1), dataSn: number(AT.DATA_SN, 4) });

/** 11.17.1. */
export const REJECT_REASON = {
  DATA_DIGEST_ERROR: 0x02,
  SNACK_REJECT: 0x03,
  PROTOCOL_ERROR: 0x04,
  COMMAND_NOT_SUPPORTED: 0x05,
  TOO_MANY_IMMEDIATE: 0x06,
  TASK_IN_PROGRESS: 0x07,
  INVALID_DATA_ACK: 0x08,
  INVALID_PDU_FIELD: 0x09,
  LONG_OPERATION: 0x0a,
  WAITING_FOR_LOGOUT: 0x0c,
} as const;

/** Everything a target sends. */
export const TARGET_PDUS = [
  nopIn, scsiResponse, taskManagementResponse, loginResponse, textResponse, dataIn, logoutResponse, r2t, asyncMessage, reject,
] as const;
