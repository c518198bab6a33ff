// SCSI commands on a real SCST (SCST_MODULES names the directory of its modules, of a release build): the recordings of commands replayed on it, and
// random scripts recorded on it and replayed on the embedded core. SCSI_SCRIPTS_SEED gives others than those of seed 1.
// @vm needs SCST_MODULES
// @vm modules sg loop dlm crc-t10dif libcrc32c
// @vm timeout 2400
// @vm alone
// @vm memory 1536
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
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

/** In these SCST had freed blocks that a list cut short named: in memory that it had not cleared, by a command that is not in the recording. */
const STALE_MEMORY = /^unmap-(blockio|fileio)-thin-/;
/** Here data-out meets ACA ACTIVE, or a LUN is replaced with async_lun_replace: SCST keeps the device for ever, and cannot be unloaded (SPEC scsi 18). */
const NEVER_UNLOADED = /^(ro-write-lba-order|ua-lun-replace)\./;
const recorded = here('../../fixtures/recordings/scsi');
const recordings = readdirSync(recorded).filter((name) => !STALE_MEMORY.test(name) && !NEVER_UNLOADED.test(name)).map((name) => join(recorded, name));
const replayed = run('replay', '--quiet', '--through', 'kernel', '--jobs', '1', ...recordings);

const [scripts, made] = ['/tmp/scsi-scripts', '/tmp/scsi-recordings'];
mkdirSync(made);
const written = run('scsi-scripts', scripts, '--seed', process.env.SCSI_SCRIPTS_SEED ?? '1', '--steps', '150');
const recordedAll = run('replay', '--quiet', '--through', 'kernel', '--jobs', '1', '--record', made, scripts);
const same = run('replay', '--quiet', made);
process.exit([replayed, written, recordedAll, same].every((status) => status === 0) ? 0 : 1);
