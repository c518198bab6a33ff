// The recordings of SCSI commands on a real SCST (SCST_MODULES names the directory of its modules, of a release build). Random ones: `npm run fuzz`.
// @vm needs SCST_MODULES
// @vm modules sg loop dlm crc-t10dif libcrc32c
// @vm timeout 2400
// @vm alone
// @vm memory 1536
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatherModules } from './real-modules.mjs';

const here = (path) => new URL(path, import.meta.url).pathname;
const directory = gatherModules();
// Nobody but the recordings sends commands.
writeFileSync('/sys/module/scsi_mod/parameters/scan', 'manual');
// A kernel that has broken a thread goes on without it, and the suite would wait for its answer.
writeFileSync('/proc/sys/kernel/panic_on_oops', '1');

const run = (program, ...args) =>
  spawnSync(process.execPath, [here(`../../dist/${program}.js`), ...args], { stdio: 'inherit', env: { ...process.env, SCST_MODULES: directory }, timeout: 1_800_000 }).status ?? 1;

const recorded = here('../../fixtures/recordings/scsi');
const recordings = readdirSync(recorded).map((name) => join(recorded, name));
process.exit(run('replay', '--quiet', '--through', 'kernel', '--jobs', '1', ...recordings));
