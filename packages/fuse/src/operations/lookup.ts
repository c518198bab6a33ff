import { decodeName, encodeName, SysfsError } from '@scst/sysfs';
import { nameIn } from '../protocol/requests.js';
import { childPath } from '../served/nodes.js';
import { encodeEntry } from './attributes.js';
import type { Operation } from './operation.js';

/** Finds a name in a directory, and tells its attributes. */
export const lookup: Operation = {
  transfer: false,
  run: async (served, { nodeid, body }, signal) => {
    const directory = served.nodes.get(nodeid);
    const name = decodeName(nameIn.decode(body));
    const path = childPath(directory, name);
    served.nodes.assertThere(directory);
    try {
      const stat = await served.tree.stat(path, { signal });
      const node = served.nodes.found(directory, name, stat);
      return { body: encodeEntry(served, node, stat), undelivered: () => { served.nodes.forget(node.id, 1); } };
    } catch (error) {
      if (error instanceof SysfsError && error.code === 'ENOENT') served.nodes.missing(directory, name);
      throw error;
    }
  },
};

export const readlink: Operation = {
  transfer: false,
  run: async (served, { nodeid }, signal) => {
    const node = served.nodes.get(nodeid);
    served.nodes.assertThere(node);
    return { body: encodeName(await served.tree.readlink(node.path, { signal })) };
  },
};
