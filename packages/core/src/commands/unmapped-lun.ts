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
      answer(session, task, inquiry(readU16(cdb, 3)));
      return;
    case OPCODE.REQUEST_SENSE: {
      const sense = encodeSense({ ...SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED, format: (readU8(cdb, 1) & 0x01) !== 0 ? 'descriptor' : 'fixed' });
      answer(session, task, sense.subarray(0, readU8(cdb, 4) === 0 ? FIXED_SENSE_LENGTH : readU8(cdb, 4)));
      return;
    }
    case OPCODE.REPORT_LUNS: {
      if (!isKnownSelectReport(readU8(cdb, 2))) {
        const senseKeySpecific = { kind: 'field-pointer', inCdb: true, fieldPointer: 2 } as const;
        finish(session, task, STATUS.CHECK_CONDITION, encodeSense({ ...SENSE_CONDITION.INVALID_FIELD_IN_CDB, senseKeySpecific }), 0);
        return;
      }
      const length = Math.max(readU32(cdb, 6), LUN_LIST_HEADER);
      answer(session, task, lunList(session, length).subarray(0, length));
      return;
    }
  }
  finish(session, task, STATUS.CHECK_CONDITION, encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED), 0);
}

/** PERIPHERAL QUALIFIER 011b: the target cannot have a logical unit here. */
function inquiry(allocationLength: number): Uint8Array {
  const data = new Uint8Array(allocationLength === 0 ? INQUIRY_LENGTH : Math.min(allocationLength, INQUIRY_LENGTH));
  data[0] = 0x7f;
  data[2] = 0x06;
  data[4] = data.length - 4;
  if (data.length >= 16) copyBytes(data, 8, 'SCST    ');
  return data;
}

function answer(session: SessionObject, task: ScsiTask, data: Uint8Array): void {
  const room = task.dataIn?.length ?? 0;
  const moved = Math.min(room, data.length);
  task.dataIn?.set(data.subarray(0, moved));
  finish(session, task, STATUS.GOOD, NOTHING, moved);
}

function finish(session: SessionObject, task: ScsiTask, status: number, sense: Uint8Array, moved: number): void {
  task.status = status;
  task.sense = sense;
  task.residual = (task.dataIn?.length ?? task.dataOut?.length ?? 0) - moved;
  session.counters.count(moved > 0 ? 'read' : 'none', moved, true);
  task.done(task);
}
