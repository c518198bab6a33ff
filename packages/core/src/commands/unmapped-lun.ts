import { encodeSense, OPCODE, readU16, readU32, readU8, SENSE_CONDITION, STATUS } from '@scst/scsi';
import type { SessionObject } from '../nexus/objects.js';
import type { ScsiTask } from '../nexus/task.js';
import { copyBytes } from './byte-text.js';
import { isKnownSelectReport, lunList } from './report-luns.js';

const NOTHING = new Uint8Array(0);
const INQUIRY_LENGTH = 36;
const FIXED_SENSE_LENGTH = 18;
const LUN_LIST_HEADER = 8;

/**
 * What a LUN answers to which nothing is mapped (SPEC 10): standard INQUIRY, REQUEST SENSE and REPORT LUNS, and to all else
 * LOGICAL UNIT NOT SUPPORTED, whatever the rest of the CDB says. Sense data is always in fixed format.
 */
export function executeUnmapped(session: SessionObject, task: ScsiTask): void {
  const { cdb } = task;
  switch (readU8(cdb, 0)) {
    case OPCODE.INQUIRY:
      if ((readU8(cdb, 1) & 0x01) !== 0) break;
      answer(session, task, inquiry(Math.min(INQUIRY_LENGTH, task.dataIn?.length ?? 0)), readU16(cdb, 3) || INQUIRY_LENGTH);
      return;
    case OPCODE.REQUEST_SENSE: {
      const sense = encodeSense({ ...SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED, format: (readU8(cdb, 1) & 0x01) !== 0 ? 'descriptor' : 'fixed' });
      answer(session, task, sense, readU8(cdb, 4) || FIXED_SENSE_LENGTH);
      return;
    }
    case OPCODE.REPORT_LUNS: {
      if (!isKnownSelectReport(readU8(cdb, 2))) {
        const senseKeySpecific = { kind: 'field-pointer', inCdb: true, fieldPointer: 2 } as const;
        finish(session, task, STATUS.CHECK_CONDITION, encodeSense({ ...SENSE_CONDITION.INVALID_FIELD_IN_CDB, senseKeySpecific }), 0);
        return;
      }
      const room = Math.max(task.dataIn?.length ?? 0, LUN_LIST_HEADER);
      answer(session, task, lunList(session, room).subarray(0, room), Math.max(readU32(cdb, 6), LUN_LIST_HEADER));
      return;
    }
  }
  finish(session, task, STATUS.CHECK_CONDITION, encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED), 0);
}

/** PERIPHERAL QUALIFIER 011b: the target cannot have a logical unit here. As long as the buffer, which ADDITIONAL LENGTH goes by. */
function inquiry(length: number): Uint8Array {
  const data = new Uint8Array(INQUIRY_LENGTH);
  data[0] = 0x7f;
  data[2] = 0x06;
  data[4] = length - 4;
  if (length >= 16) copyBytes(data, 8, 'SCST    ');
  return data.subarray(0, length);
}

/** What the CDB has room for counts as moved, be it more than the buffer holds. */
function answer(session: SessionObject, task: ScsiTask, data: Uint8Array, allocationLength: number): void {
  const { dataIn } = task;
  const moved = Math.min(allocationLength, data.length);
  dataIn?.set(data.subarray(0, Math.min(moved, dataIn.length)));
  finish(session, task, STATUS.GOOD, NOTHING, dataIn === null ? 0 : moved);
}

function finish(session: SessionObject, task: ScsiTask, status: number, sense: Uint8Array, moved: number): void {
  task.status = status;
  task.sense = sense;
  task.residual = (task.dataIn?.length ?? task.dataOut?.length ?? 0) - moved;
  session.counters.count(moved > 0 ? 'read' : 'none', moved, true);
  task.done(task);
}
