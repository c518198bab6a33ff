// `npm run test:e2e`: set-up, then what crosses packages: real programs, killed servers, mounts.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)], { cwd: join(root, 'e2e') });
