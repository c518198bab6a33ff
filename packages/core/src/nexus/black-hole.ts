import type { ActiveCommand } from './active-command.js';
import type { AccessGroupObject } from './objects.js';

/**
 * `black_hole` of the access group: commands disappear without an answer. 1 and 2 all of them, 3 and 4 those with data. True:
 * the command has been ended.
 */
export function isSwallowed(command: ActiveCommand): boolean {
  const { blackHole } = command.session.group;
  if (blackHole === 0) return false;
  if (blackHole >= 3 && command.direction === 'none') return false;
  command.abort(false);
  return true;
}

/** Task management functions disappear too. */
export function swallowsManagement({ blackHole }: AccessGroupObject): boolean {
  return blackHole === 2 || blackHole === 4;
}
