// `npm run bench [-- NAME…]`: set-up, then the measurements of bench/.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'bench', 'dist', 'bench.js'), ...process.argv.slice(2)]);
