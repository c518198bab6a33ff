// `npm run replay -- PATH…`: set-up, then the replay harness of e2e/.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'e2e', 'dist', 'replay.js'), ...process.argv.slice(2)], { cwd: process.env.INIT_CWD ?? process.cwd() });
