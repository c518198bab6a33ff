import { SENSE_CONDITION } from '@scst/scsi';
import { type ActiveCommand } from './active-command.js';
import { type DeviceServer } from './device-server.js';
import { type Nexus } from './nexus.js';

/**
 * Aborts commands (SAM-6 5.7) because nexus `by` asked for it, or made it necessary. Those that have not started end at once,
 * those at work end when they are done with what they cannot leave undone. Resolves when all have ended.
 *
 * A command of another nexus ends with TASK ABORTED while TAS is 1. While it is 0 it gets no status, and with
 * `clearedAttention` its nexus is told by COMMANDS CLEARED BY ANOTHER INITIATOR.
 */
export async function abortCommands(
  server: DeviceServer,
  commands: readonly ActiveCommand[],
  by: Nexus,
  options: { readonly clearedAttention?: boolean } = {},
): Promise<void> {
  const { reportsAborted } = server.modes.control;
  const told = new Set<Nexus>([by]);
  const ended: Promise<void>[] = [];
  for (const command of commands) {
    if (command.ended) continue;
    if (options.clearedAttention === true && !reportsAborted && !told.has(command.nexus)) {
      told.add(command.nexus);
      command.nexus.raise(SENSE_CONDITION.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
    }
    if (command.running && !command.held) ended.push(command.whenEnded());
    command.abort(reportsAborted && command.nexus !== by);
  }
  await Promise.all(ended);
}
