import { OPCODE, readU8, SENSE_CONDITION, SERVICE_ACTION, STATUS } from '@scst/scsi';
import { controlByte, unknownCommand } from '../commands/table.js';
import type { ActiveCommand } from './active-command.js';
import type { DeviceServer } from './device-server.js';
import type { Nexus } from './nexus.js';
import type { TaskSet } from './task-set.js';

/** NACA of the CONTROL byte, SAM-6 5.2. */
const CONTROL_NACA = 0x04;

/** NACA is 1 in the command's CONTROL byte. Where that is in the CDB of an unknown operation code nobody knows. */
export function hasNaca({ row, task: { cdb } }: ActiveCommand): boolean {
  if (row === unknownCommand && readU8(cdb, 0) !== OPCODE.VARIABLE_LENGTH_CDB) return false;
  return (controlByte(cdb) & CONTROL_NACA) !== 0;
}

/** SPEC 2 step 3, SAM-6 5.10.2: what an auto contingent allegiance lets in. False: the command has been ended. */
export function passesAca(command: ActiveCommand, tasks: TaskSet): boolean {
  const { attribute } = command.task;
  if (tasks.faulted === null) {
    if (attribute !== 'aca') return true;
    command.fail(SENSE_CONDITION.INVALID_MESSAGE_ERROR);
    return false;
  }
  command.allowedDuringAca = true;
  if (tasks.faulted === command.nexus) {
    if (attribute === 'aca' && tasks.acaCommand === null && !command.server.modes.control.tmfOnly) {
      tasks.acaCommand = command;
      return true;
    }
    command.end(STATUS.ACA_ACTIVE);
  } else if (attribute === 'aca') {
    command.fail(SENSE_CONDITION.INVALID_MESSAGE_ERROR);
  } else if (isPreemptAndAbort(command.task.cdb)) {
    return true;
  } else {
    command.end(hasNaca(command) ? STATUS.ACA_ACTIVE : STATUS.BUSY);
  }
  return false;
}

/** CLEAR ACA (SAM-6 7.4). Does nothing for a nexus that is not faulted. */
export function clearAca(server: DeviceServer, nexus: Nexus): void {
  const tasks = server.tasksOf(nexus);
  if (tasks.faulted !== nexus) return;
  tasks.faulted = null;
  for (const command of tasks.members()) {
    if (!command.held) continue;
    command.held = false;
    server.end(command);
  }
  tasks.startQueued((command) => {
    server.start(command);
  });
}

function isPreemptAndAbort(cdb: Uint8Array): boolean {
  return (
    readU8(cdb, 0) === OPCODE.PERSISTENT_RESERVE_OUT && (readU8(cdb, 1) & 0x1f) === SERVICE_ACTION.PERSISTENT_RESERVE_OUT.PREEMPT_AND_ABORT
  );
}
