// `npm start`: set-up, then the walk-through of SCST's scst_local guide on the embedded core.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'apps', 'cli', 'dist', 'cli.js'), 'tour', ...process.argv.slice(2)]);
