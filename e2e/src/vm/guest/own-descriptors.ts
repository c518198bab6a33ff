import { readdirSync, readlinkSync } from 'node:fs';

/** How many descriptors of this process, its Workers included, are of a node. */
export const ownDescriptors = (path: string): number => readdirSync('/proc/self/fd').filter((fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === path;
  } catch {
    return false;
  }
}).length;
