import { formatCommands } from '../command-record.js';
import { DEVICE_KINDS } from '../scripts/devices.js';
import { makeScript, SCRIPT_TOPICS, suits } from '../scripts/script.js';
import { formatTree } from '../tree-record.js';
import { makeTreeScript } from '../tree-scripts/script.js';

/** A script that is to be carried out, as it stands in its file. */
export interface PlannedScript {
  readonly of: 'commands' | 'tree';
  readonly file: string;
  readonly text: string;
}

export interface PlanOptions {
  readonly seed: number;
  readonly steps: number;
  readonly only?: 'commands' | 'tree' | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly topics?: readonly string[] | undefined;
}

/** How many scripts of the tree go with those of all kinds and topics of commands. */
const TREE_SCRIPTS = 10;

/** The scripts of a seed. What is chosen of them does not change them. */
export const plan = ({ seed, steps, only, kinds, topics }: PlanOptions): PlannedScript[] => {
  const scripts: PlannedScript[] = [];
  let own = seed;
  for (const kind of DEVICE_KINDS) {
    for (const topic of SCRIPT_TOPICS) {
      own += 1;
      if (only === 'tree' || !suits(topic, kind) || kinds?.includes(kind) === false || topics?.includes(topic) === false) continue;
      const script = makeScript({ kind, topic, seed: own, steps });
      scripts.push({ of: 'commands', file: script.file, text: formatCommands(script) });
    }
  }
  if (only === 'commands') return scripts;
  for (let made = 0; made < TREE_SCRIPTS; made += 1) {
    const script = makeTreeScript({ seed: seed + made, steps });
    scripts.push({ of: 'tree', file: script.file, text: formatTree(script) });
  }
  return scripts;
};
