import { type SysfsTree } from '@scst/sysfs';
import { type ScstCore } from '../core.js';
import { CoreTree, TreeRoot } from './core-tree.js';
import { type ScstRoot } from './root.js';
import { type Machine, machineRoot } from './system.js';

const TREE = ['sys', 'kernel', 'scst_tgt'];
const OLD_TREE = ['proc', 'scsi_tgt'];

/** The views of a machine with a core in it: the two trees of SCST, of which one is there, and all from the root. */
export const machineTrees = (core: ScstCore, root: () => ScstRoot | null): { tree: SysfsTree; procfs: SysfsTree; system: SysfsTree } => {
  const machine: Machine = {
    core,
    get root() {
      return root();
    },
  };
  const queue = (): ScstRoot['queue'] => {
    const loaded = root();
    if (loaded === null) throw new Error('scst is not loaded');
    return loaded.queue;
  };
  const shared = new TreeRoot(machineRoot(machine), queue);
  return {
    tree: new CoreTree(shared, TREE, 'core in memory'),
    procfs: new CoreTree(shared, OLD_TREE, 'procfs of a core in memory'),
    system: new CoreTree(shared, [], 'machine of a core in memory'),
  };
};
