import { type ScsiTask } from '@scst/core';
import { encodeLun, encodeReportLuns, encodeSense, OPCODE, readU16, readU32, readU8, SENSE_CONDITION, STATUS } from '@scst/scsi';

const NOTHING = new Uint8Array(0);
const INQUIRY_LENGTH = 36;
/** EVPD of INQUIRY, DESC of REQUEST SENSE: bit 0 of byte 1. */
const FLAG = 0x01;
/** PERIPHERAL QUALIFIER 011b, PERIPHERAL DEVICE TYPE 1Fh: the target cannot have a logical unit here (SPC-5 table 148). */
const NO_LOGICAL_UNIT = 0x7f;
const VERSION_SPC4 = 0x06;

/**
 * Answers for a LUN to which nothing is mapped (SAM-6 5.11): standard INQUIRY, REQUEST SENSE and REPORT LUNS, and LOGICAL UNIT NOT
 * SUPPORTED to all else.
 *
 * @param luns What the session sees, for REPORT LUNS.
 */
export const answerAbsent = (task: ScsiTask, luns: Iterable<number>): void => {
  const data = parameterData(task.cdb, luns);
  if (data === undefined) {
    finish(task, STATUS.CHECK_CONDITION, encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED), 0);
    return;
  }
  const moved = Math.min(task.dataIn?.length ?? 0, data.length);
  task.dataIn?.set(data.subarray(0, moved));
  finish(task, STATUS.GOOD, NOTHING, moved);
};

/** Undefined for a command that wants a logical unit. */
const parameterData = (cdb: Uint8Array, luns: Iterable<number>): Uint8Array | undefined => {
  const flag = (readU8(cdb, 1) & FLAG) !== 0;
  switch (readU8(cdb, 0)) {
    case OPCODE.INQUIRY:
      return flag ? undefined : absentInquiry(readU16(cdb, 3));
    case OPCODE.REQUEST_SENSE:
      return encodeSense({ ...SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED, format: flag ? 'descriptor' : 'fixed' }).subarray(0, readU8(cdb, 4));
    case OPCODE.REPORT_LUNS:
      return encodeReportLuns([...luns].sort((a, b) => a - b).map((lun) => encodeLun(lun))).subarray(0, readU32(cdb, 6));
    default:
      return undefined;
  }
};

const absentInquiry = (allocationLength: number): Uint8Array => {
  const data = new Uint8Array(INQUIRY_LENGTH).fill(0x20, 8);
  data[0] = NO_LOGICAL_UNIT;
  data[2] = VERSION_SPC4;
  data[3] = 0x02;
  data[4] = INQUIRY_LENGTH - 5;
  return data.subarray(0, allocationLength);
};

const finish = (task: ScsiTask, status: number, sense: Uint8Array, moved: number): void => {
  task.status = status;
  task.sense = sense;
  task.residual = (task.dataIn?.length ?? task.dataOut?.length ?? 0) - moved;
  task.aborted = false;
  task.done(task);
};
