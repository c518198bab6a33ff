import { type Nexus } from '../nexus/nexus.js';
import { type Device } from './device.js';

/** The number of each nexus's thread pool within its device; none: it has no pool of its own. */
const indexes = new WeakMap<Nexus, number>();

const hasOwnPool = (device: Device): boolean => device.threadsNum > 0 && device.threadsPoolType === 'per_initiator';

/** The file `thread_index`: -1 for a nexus without a pool of its own. */
export const threadIndex = (nexus: Nexus): number => indexes.get(nexus) ?? -1;

/** Gives the nexus that came last to a device the number of those before it. */
export const assignThreadIndex = (device: Device, nexus: Nexus): void => {
  if (hasOwnPool(device)) indexes.set(nexus, device.server.nexuses.size - 1);
};

/** Numbers the pools of a device anew, as SCST does when it makes its threads anew. */
export const reassignThreadIndexes = (device: Device): void => {
  let index = 0;
  for (const nexus of device.server.nexuses) {
    if (hasOwnPool(device)) indexes.set(nexus, index);
    else indexes.delete(nexus);
    index += 1;
  }
};
