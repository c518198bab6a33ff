import { bits, bytes, defineHeader, flag, immediate, number } from './header.js';
import { AT, COMMAND_FLAG, CONTINUE, FINAL, OPCODE } from './opcode.js';

const final = flag(AT.FLAGS, FINAL);
const lun = bytes(AT.LUN, 8);
const targetTransferTag = number(AT.TARGET_TRANSFER_TAG, 4);
const expStatSn = number(AT.EXP_STAT_SN, 4);
const numbering = { immediate, cmdSn: number(AT.CMD_SN, 4), expStatSn } as const;

/** RFC 7143 11.18. */
export const nopOut = defineHeader('NOP-Out', OPCODE.NOP_OUT, { ...numbering, final, lun, targetTransferTag });

/** 11.3. `cdb` holds the first 16 bytes; more are in an additional header segment. */
export const scsiCommand = defineHeader('SCSI Command', OPCODE.SCSI_COMMAND, {
  ...numbering,
  final,
  read: flag(AT.FLAGS, COMMAND_FLAG.READ),
  write: flag(AT.FLAGS, COMMAND_FLAG.WRITE),
  attribute: bits(AT.FLAGS, COMMAND_FLAG.ATTRIBUTE),
  lun,
  expectedDataTransferLength: number(AT.EXPECTED_DATA_TRANSFER_LENGTH, 4),
  cdb: bytes(AT.CDB, 16),
});

/** ATTR of SCSI Command (11.3.1.2). */
export const TASK_ATTRIBUTE = { UNTAGGED: 0, SIMPLE: 1, ORDERED: 2, HEAD_OF_QUEUE: 3, ACA: 4 } as const;

/** 11.5. */
export const taskManagementRequest = defineHeader('Task Management Function Request', OPCODE.TASK_MANAGEMENT_REQUEST, {
  ...numbering,
  final,
  function: bits(AT.FLAGS, 0x7f),
  lun,
  referencedTaskTag: number(20, 4),
  refCmdSn: number(32, 4),
  expDataSn: number(36, 4),
});

/** 11.5.1. */
export const TASK_MANAGEMENT = {
  ABORT_TASK: 1,
  ABORT_TASK_SET: 2,
  CLEAR_ACA: 3,
  CLEAR_TASK_SET: 4,
  LOGICAL_UNIT_RESET: 5,
  TARGET_WARM_RESET: 6,
  TARGET_COLD_RESET: 7,
  TASK_REASSIGN: 8,
} as const;

/** 11.12. */
export const loginRequest = defineHeader('Login Request', OPCODE.LOGIN_REQUEST, {
  ...numbering,
  transit: flag(AT.FLAGS, FINAL),
  continue: flag(AT.FLAGS, CONTINUE),
  currentStage: bits(AT.FLAGS, 0x0c),
  nextStage: bits(AT.FLAGS, 0x03),
  versionMax: number(2, 1),
  versionMin: number(3, 1),
  isid: bytes(8, 6),
  tsih: number(14, 2),
  cid: number(20, 2),
});

/** Stages of CSG and NSG (11.12.3). */
export const STAGE = { SECURITY: 0, OPERATIONAL: 1, FULL_FEATURE: 3 } as const;

/** 11.10. */
export const textRequest = defineHeader('Text Request', OPCODE.TEXT_REQUEST, {
  ...numbering,
  final,
  continue: flag(AT.FLAGS, CONTINUE),
  lun,
  targetTransferTag,
});

/** 11.7. */
export const dataOut = defineHeader('SCSI Data-Out', OPCODE.DATA_OUT, {
  final,
  lun,
  targetTransferTag,
  expStatSn,
  dataSn: number(AT.DATA_SN, 4),
  bufferOffset: number(AT.BUFFER_OFFSET, 4),
});

/** 11.14. */
export const logoutRequest = defineHeader('Logout Request', OPCODE.LOGOUT_REQUEST, { ...numbering, final, reason: bits(AT.FLAGS, 0x7f), cid: number(20, 2) });

/** 11.14.1. */
export const LOGOUT_REASON = { CLOSE_SESSION: 0, CLOSE_CONNECTION: 1, REMOVE_FOR_RECOVERY: 2 } as const;

/** 11.16. */
export const snackRequest = defineHeader('SNACK Request', OPCODE.SNACK_REQUEST, {
  final,
  type: bits(AT.FLAGS, 0x0f),
  lun,
  targetTransferTag,
  expStatSn,
  begRun: number(40, 4),
  runLength: number(44, 4),
});

/** Everything an initiator sends. */
export const INITIATOR_PDUS = [nopOut, scsiCommand, taskManagementRequest, loginRequest, textRequest, dataOut, logoutRequest, snackRequest] as const;
