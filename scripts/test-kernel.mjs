// `npm run test:kernel [-- --required] [FILTER…]`: the suite for a real SCST, on the kernel of this machine. It touches nothing that it has not made,
// and says so loudly where there is no SCST. With --required that is a failure.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

const words = process.argv.slice(2);
const required = words.includes('--required');
const filters = words.filter((word) => word !== '--required');

/** Why the suite cannot run here, or undefined. */
const lacks = () => {
  const tree = '/sys/kernel/scst_tgt';
  if (!existsSync(tree)) return `the kernel’s SCST is not loaded (there is no ${tree}): modprobe scst scst_vdisk scst_local`;
  for (const [place, module] of [['targets/scst_local', 'scst_local'], ['handlers/vdisk_fileio', 'scst_vdisk']]) {
    if (!existsSync(join(tree, place))) return `the module ${module} is not loaded: modprobe ${module}`;
  }
  if (process.geteuid?.() !== 0) return 'only root may administer the kernel’s SCST';
  if (!existsSync('/sys/module/sg')) return 'the module sg is not loaded: modprobe sg';
  try {
    accessSync(join(tree, 'targets/scst_local/mgmt'), constants.W_OK);
  } catch {
    return `${tree} cannot be written to here (a container, perhaps)`;
  }
  return undefined;
};

const reason = lacks();
if (reason !== undefined) {
  console.error(`\ntest:kernel: SKIPPED. No test has run: ${reason}\n`);
  process.exit(required ? 1 : 0);
}
// In the virtual machine everything has been built outside.
if (process.env.SCST_VM === undefined) setup();
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'vitest.kernel.config.ts', ...filters], { cwd: join(root, 'e2e') });
