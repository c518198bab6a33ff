import { readU8 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';

/**
 * RDPROTECT, WRPROTECT, VRPROTECT: devices without protection information refuse everything but zero. False: the command has
 * been ended.
 */
export function checkProtect(command: ActiveCommand): boolean {
  if ((readU8(command.cdb, 1) & 0xe0) === 0) return true;
  command.invalidFieldInCdb(1, 5);
  return false;
}
