import { OPCODE, readU8, SENSE_CONDITION, SENSE_KEY, type SenseCondition, STATUS, tryDecodeSense } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { PassThroughDeviceObject } from '../nexus/objects.js';
import { defineCommand } from './command.js';

/** Any command of a device whose type SCST's own handlers do not know. Its data phase is what the initiator declares. */
export const passThroughCommand = defineCommand({
  opcode: 0,
  name: 'pass-through',
  on: ['disk'],
  direction: 'none',
  whileReserved: 'writes',
});

/** What a command of one nexus means to the others. */
const SELECT_ATTENTIONS: ReadonlyMap<number, SenseCondition> = new Map([
  [OPCODE.MODE_SELECT_6, SENSE_CONDITION.MODE_PARAMETERS_CHANGED],
  [OPCODE.MODE_SELECT_10, SENSE_CONDITION.MODE_PARAMETERS_CHANGED],
  [OPCODE.LOG_SELECT, SENSE_CONDITION.LOG_PARAMETERS_CHANGED],
]);

/** Hands a command to the SCSI device of the machine, and its result back. */
export function executePassThrough(command: ActiveCommand): void {
  const { task, nexus } = command;
  const { logicalUnit } = nexus.device as PassThroughDeviceObject;
  if (logicalUnit === null) {
    command.fail(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED);
    return;
  }
  logicalUnit
    .execute({ cdb: task.cdb, dataOut: task.dataOut ?? undefined, dataIn: task.dataIn ?? undefined, attribute: task.attribute })
    .then(({ status, sense, dataIn }) => {
      command.moved = dataIn.length;
      if (status === STATUS.GOOD) {
        const condition = SELECT_ATTENTIONS.get(readU8(task.cdb, 0));
        if (condition !== undefined) command.server.raise(condition, nexus);
        command.good();
      } else if (status === STATUS.CHECK_CONDITION) {
        // What the device tells one nexus concerns all of them.
        if (tryDecodeSense(sense)?.senseKey === SENSE_KEY.UNIT_ATTENTION) {
          for (const other of command.server.nexuses) if (other !== nexus) other.unitAttentions.push(sense);
        }
        command.failWith(sense);
      } else {
        command.moved = 0;
        command.end(status);
      }
    })
    .catch(() => {
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    });
}

/** Resets the SCSI device of the machine too. One that cannot be reset has lost its commands all the same. */
export async function resetPassThrough(device: PassThroughDeviceObject): Promise<void> {
  try {
    await device.logicalUnit?.reset('lun');
  } catch {
    // There is nobody to tell: the reset of the logical unit itself has taken place.
  }
}
