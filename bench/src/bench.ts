// `npm run bench [-- NAME…]`: measurements that anyone can repeat. Each compares two things in one run.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { config } from './config.js';
import { controlPlane } from './control-plane.js';
import { dataPath } from './data-path.js';
import { exporter } from './exporter.js';
import { iscsiEngine } from './iscsi-engine.js';
import { print, type Verdict } from './measure.js';
import { sgIo } from './sg-io.js';

const MEGABYTE = 1_000_000;
const IDLE_GOAL = 20;

const idleMemory = async (): Promise<Verdict[]> => {
  const program = fileURLToPath(new URL('./idle-memory.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
  const { resident, held } = JSON.parse(stdout) as { resident: number; held: number };
  return [against('1,000 idle devices with a LUN each, resident', resident), against('1,000 idle devices with a LUN each, held on the heap', held)];
};

const against = (title: string, bytes: number): Verdict => {
  const ours = bytes / MEGABYTE;
  return { title, unit: 'MB', ours, peer: IDLE_GOAL, ratio: ours / IDLE_GOAL, goal: 'at most 1 ×', met: ours <= IDLE_GOAL };
};

const BENCHES: Record<string, () => Promise<Verdict[]>> = { 'data-path': dataPath, 'control-plane': controlPlane, config, 'idle-memory': idleMemory, exporter, 'iscsi-engine': iscsiEngine, 'sg-io': sgIo };

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`bench: there is no ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n${name}`);
  print(await bench(), { ours: 'ours', peer: 'against' });
}
