import { SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from './active-command.js';
import { resetPassThrough } from '../commands/pass-through.js';
import { clearAca } from './auto-contingent-allegiance.js';
import type { DeviceServer } from './device-server.js';
import type { Nexus } from './nexus.js';
import { isPassThrough } from './objects.js';
import type { ScsiTask } from './task.js';

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

/** ABORT TASK (SAM-6 7.2). A task that has ended, or never came, is none. */
export async function abortTask(server: DeviceServer, nexus: Nexus, task: ScsiTask): Promise<void> {
  server.core.localStats.aborts++;
  const commands = server.tasksOf(nexus).members().filter((command) => command.task === task);
  await abortCommands(server, commands, nexus);
}

/** ABORT TASK SET (SAM-6 7.3): the commands of a nexus, but for the one that asks. */
export async function abortNexus(server: DeviceServer, nexus: Nexus, by?: ActiveCommand): Promise<void> {
  const commands = server.tasksOf(nexus).members().filter((command) => command.nexus === nexus && command !== by);
  await abortCommands(server, commands, by?.nexus ?? nexus);
}

/** CLEAR TASK SET (SAM-6 7.5): all commands of the nexus's task set, of other nexuses too while TST is 0. */
export async function clearTaskSet(server: DeviceServer, nexus: Nexus): Promise<void> {
  await abortCommands(server, server.tasksOf(nexus).members(), nexus, { clearedAttention: true });
}

/** What a reset does to one device; `by` is the nexus that asked. Resolves when the aborted commands have ended. */
export async function resetUnit(server: DeviceServer, by: Nexus): Promise<void> {
  const aborted = abortCommands(server, [...server.commands()], by);
  for (const nexus of server.nexuses) clearAca(server, nexus);
  server.medium.removalPrevented = false;
  server.medium.stopped = false;
  server.reservations.reset();
  server.modes.reset();
  server.raise(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
  if (isPassThrough(server.device)) await resetPassThrough(server.device);
  await aborted;
}
