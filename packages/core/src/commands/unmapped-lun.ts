import { encodeSense, SENSE_CONDITION, STATUS } from '@scst/scsi';
import { type SessionObject } from '../nexus/objects.js';
import { type ScsiTask } from '../nexus/task.js';

/** What a LUN answers to which nothing is mapped (SPEC 10). */
export function executeUnmapped(session: SessionObject, task: ScsiTask): void {
  task.status = STATUS.CHECK_CONDITION;
  task.sense = encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED);
  task.residual = task.dataIn?.length ?? task.dataOut?.length ?? 0;
  session.counters.count('none', 0, true);
  task.done(task);
}
