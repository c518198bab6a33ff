import { STATUS } from '@scst/scsi';
import type { ActiveCommand } from './active-command.js';
import type { CountedDirection } from './objects.js';

const NO_SENSE = new Uint8Array(0);

/** SCST counts transfers as aligned by pages. */
const ALIGNMENT = 4096;

/** Writes a command's result into its task, and counts it. `task.done` is left to the caller. */
export function finish(command: ActiveCommand): ActiveCommand {
  const { task, nexus } = command;
  const { session } = nexus;
  if (command.aborted) {
    command.status = STATUS.TASK_ABORTED;
    command.moved = 0;
  }
  task.aborted = command.aborted && !command.reportsAbort;
  task.status = command.status;
  task.sense = command.status === STATUS.CHECK_CONDITION ? command.sense : NO_SENSE;
  task.residual = residual(command);

  const direction = command.status === STATUS.GOOD ? COUNTED[command.direction] : 'none';
  const bytes = command.transferLength;
  const start = command.row.lba === undefined ? 0 : command.lba * command.server.medium.blockSize;
  const aligned = start % ALIGNMENT === 0 && bytes % ALIGNMENT === 0;
  session.counters.count(direction, bytes, aligned);
  nexus.counters.count(direction, bytes, aligned);
  if (command.arrived > 0) measure(command, direction, bytes);
  session.activeCommands--;
  nexus.activeCommands--;
  for (const ended of command.endWaiters) ended();
  return command;
}

function measure({ nexus, arrived }: ActiveCommand, direction: CountedDirection, bytes: number): void {
  const microseconds = (performance.now() - arrived) * 1000;
  nexus.session.latency?.record(direction, bytes, microseconds, nexus);
  nexus.measured.commands++;
  nexus.measured.microseconds += microseconds;
}

const COUNTED: Readonly<Record<ActiveCommand['direction'], CountedDirection>> = { in: 'read', out: 'write', bidi: 'bidi', none: 'none' };

/**
 * Offered bytes less bytes moved (SPEC 3). Data-out counts as moved once it was fetched, and as much of it as the CDB says, so
 * that the residual is negative where less was sent.
 */
function residual({ task, moved, dataFetched, transferLength }: ActiveCommand): number {
  if (task.dataIn !== null) return task.dataIn.length - moved;
  if (task.dataOut === null) return 0 - (dataFetched ? transferLength : moved);
  return task.dataOut.length - (dataFetched ? transferLength : 0);
}
