// `node e2e/dist/scsi-scripts.js FOLDER [--seed N] [--count N] [--steps N] [--topic NAME]… [--kind NAME]…`: writes random scripts of SCSI commands for `replay --record`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatCommands } from '../command-record.js';
import { DEVICE_KINDS } from './devices.js';
import { makeScript, SCRIPT_TOPICS, suits } from './script.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1' }, steps: { type: 'string', default: '200' }, topic: { type: 'string', multiple: true }, kind: { type: 'string', multiple: true } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: scsi-scripts FOLDER [--seed N] [--count N] [--steps N] [--topic NAME]… [--kind NAME]…');
await mkdir(folder, { recursive: true });
let seed = Number(values.seed);
for (let round = 0; round < Number(values.count); round += 1) {
  for (const kind of DEVICE_KINDS) {
    for (const topic of SCRIPT_TOPICS) {
      const own = seed;
      seed += 1;
      if (!suits(topic, kind) || values.topic?.includes(topic) === false || values.kind?.includes(kind) === false) continue;
      const script = makeScript({ kind, topic, seed: own, steps: Number(values.steps) });
      await writeFile(join(folder, script.file), formatCommands(script));
    }
  }
}
