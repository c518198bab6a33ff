/** RFC 7143 11.2.1.2. */
export const OPCODE = {
  NOP_OUT: 0x00,
  SCSI_COMMAND: 0x01,
  TASK_MANAGEMENT_REQUEST: 0x02,
  LOGIN_REQUEST: 0x03,
  TEXT_REQUEST: 0x04,
  DATA_OUT: 0x05,
  LOGOUT_REQUEST: 0x06,
  SNACK_REQUEST: 0x10,

  NOP_IN: 0x20,
  SCSI_RESPONSE: 0x21,
  TASK_MANAGEMENT_RESPONSE: 0x22,
  LOGIN_RESPONSE: 0x23,
  TEXT_RESPONSE: 0x24,
  DATA_IN: 0x25,
  LOGOUT_RESPONSE: 0x26,
  R2T: 0x31,
  ASYNC_MESSAGE: 0x32,
  REJECT: 0x3f,
} as const;

/** The opcode's six bits of byte 0. */
export const OPCODE_MASK = 0x3f;
/** I of byte 0: to be carried out at once, outside of the CmdSN window. */
export const IMMEDIATE = 0x40;
/** F (T in login) of byte 1. */
export const FINAL = 0x80;
/** C of byte 1 in login and text PDUs: the text goes on in the next PDU. */
export const CONTINUE = 0x40;

/** Bytes of a basic header segment (11.2.1). */
export const HEADER_LENGTH = 48;
/** Bytes of a digest. */
export const DIGEST_LENGTH = 4;

/** Initiator or target task tag that stands for no task (11.2.1.8). */
export const NO_TAG = 0xffff_ffff;

/** Where the fields stand that the data path reads and writes in place; the codecs use the same. */
export const AT = {
  FLAGS: 1,
  RESPONSE: 2,
  STATUS: 3,
  TOTAL_AHS_LENGTH: 4,
  DATA_SEGMENT_LENGTH: 5,
  LUN: 8,
  INITIATOR_TASK_TAG: 16,
  TARGET_TRANSFER_TAG: 20,
  EXPECTED_DATA_TRANSFER_LENGTH: 20,
  CMD_SN: 24,
  STAT_SN: 24,
  EXP_STAT_SN: 28,
  EXP_CMD_SN: 28,
  MAX_CMD_SN: 32,
  CDB: 32,
  DATA_SN: 36,
  BUFFER_OFFSET: 40,
  BIDI_READ_RESIDUAL: 40,
  RESIDUAL_COUNT: 44,
  DESIRED_LENGTH: 44,
} as const;

/** Flags of byte 1 of SCSI Command, SCSI Response and Data-In (11.3.1, 11.4.1, 11.7.1). */
export const COMMAND_FLAG = { READ: 0x40, WRITE: 0x20, ATTRIBUTE: 0x07 } as const;
export const RESPONSE_FLAG = { BIDI_OVERFLOW: 0x10, BIDI_UNDERFLOW: 0x08, OVERFLOW: 0x04, UNDERFLOW: 0x02, STATUS: 0x01 } as const;

/** Segments are padded to whole words (11.2.3). */
export const padded = (length: number): number => (length + 3) & ~3;
