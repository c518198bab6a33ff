import { LocalError } from '../errors.js';
import { type Use } from './use.js';

/**
 * Refuses to go on while something is in use: the one rule of what may not be taken away unasked.
 *
 * @param what What would be taken away, for the error: `target disks`.
 * @param uses What `uses()` of a session, a target, a set of LUNs or a device gave.
 * @throws LocalError `IN_USE` that names the sessions and what holds their devices.
 */
export const refuseWhileInUse = (what: string, uses: readonly Use[]): void => {
  if (uses.length === 0) return;
  const reasons = new Map<string, string[]>();
  for (const { session, reason } of uses) reasons.set(session, [...(reasons.get(session) ?? []), reason]);
  const text = [...reasons].map(([session, each]) => `session ${session}: ${[...new Set(each)].join(', ')}`).join('; ');
  throw new LocalError('IN_USE', `${what} is in use: ${text}`, { hint: 'End what uses it first (close, unmount, swapoff …), or force it.', uses });
};
