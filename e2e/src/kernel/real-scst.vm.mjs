// The suite for a real SCST, on modules built outside of this repository: SCST_MODULES names the directory of their .ko files, those of another
// scst_local among them, if that is the one to be tried.
// @vm needs SCST_MODULES
// @vm modules sg sd_mod sr_mod st ch loop dm_mod dlm crc-t10dif libcrc32c ext4
// @vm timeout 900
// @vm alone
// @vm memory 2048
// @vm processors 2
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.SCST_MODULES ?? '';
mkdirSync('/var/lib/scst/pr', { recursive: true });
mkdirSync('/var/lib/scst/vdev_mode_pages', { recursive: true });

const run = (program, args, options = {}) => spawnSync(program, args, { stdio: 'inherit', ...options }).status ?? 1;

/** Module files below the directory, by name. */
const files = new Map(
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ko'))
    .map((path) => [path.split('/').at(-1), join(directory, path)]),
);
for (const name of ['scst', 'scst_vdisk', 'scst_disk', 'scst_local']) {
  const file = files.get(`${name}.ko`);
  if (file === undefined) {
    console.error(`${directory} holds no ${name}.ko`);
    process.exit(1);
  }
  if (run('insmod', [file]) !== 0) process.exit(1);
}
process.exit(run(process.execPath, [new URL('../../../scripts/test-kernel.mjs', import.meta.url).pathname, '--required', ...process.argv.slice(2)]));
