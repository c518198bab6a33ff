// The suite for a real SCST, on modules built outside of this repository: SCST_MODULES names the directory of their .ko files, those of another
// scst_local among them, if that is the one to be tried.
// @vm needs SCST_MODULES
// @vm modules sg sd_mod sr_mod st ch loop dm_mod dlm crc-t10dif libcrc32c ext4
// @vm timeout 2400
// @vm alone
// @vm memory 2048
// @vm processors 2
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatherModules } from './real-modules.mjs';

const directory = gatherModules();
const run = (program, args, options = {}) => spawnSync(program, args, { stdio: 'inherit', ...options }).status ?? 1;

for (const name of ['scst', 'scst_vdisk', 'scst_disk', 'scst_local']) {
  if (run('insmod', [join(directory, `${name}.ko`)]) !== 0) process.exit(1);
}

const here = (path) => new URL(path, import.meta.url).pathname;

/**
 * Recordings of what is scst_local's own: its targets, sessions and modules. Each is replayed on modules loaded anew, some seconds on an
 * emulated processor. They were made on a release build (`make 2release`; a debug build tells more in `version` and `trace_level`) and on one
 * processor, which `threads` shows.
 */
const DRIVERS_OWN = /^(local|sess|tgt|mod)-.*\.jsonl\.gz$/;
const recorded = here('../../fixtures/recordings/sysfs');
const recordings = readdirSync(recorded).filter((name) => DRIVERS_OWN.test(name)).map((name) => join(recorded, name));

const suite = run(process.execPath, [here('../../../scripts/test-kernel.mjs'), '--required', ...process.argv.slice(2)]);
writeFileSync('/sys/devices/system/cpu/cpu1/online', '0');
const replayed = run(process.execPath, [here('../../dist/replay.js'), '--through', 'kernel', '--jobs', '1', ...recordings], {
  env: { ...process.env, SCST_MODULES: directory },
  timeout: 900_000,
});
process.exit(suite === 0 && replayed === 0 ? 0 : 1);
