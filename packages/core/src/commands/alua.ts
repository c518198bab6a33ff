import { type ActiveCommand } from '../nexus/active-command.js';
import { type Nexus } from '../nexus/nexus.js';
import { type TargetGroupObject } from '../nexus/objects.js';
import { type CommandRow } from './command.js';

export const aluaCommands: readonly CommandRow[] = [];

/** The target group of the nexus's target in the device's group; null without one. */
export function targetGroupOf(_nexus: Nexus): TargetGroupObject | null {
  return null;
}

/**
 * Whether the asymmetric access state lets the command through. `refused`: the command has been ended. `delayed`: it is tried
 * again later through `server.restart(command)`.
 */
export function checkAluaState(_command: ActiveCommand): 'accepted' | 'refused' | 'delayed' {
  return 'accepted';
}
