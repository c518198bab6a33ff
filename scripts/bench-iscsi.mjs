// `npm run bench:iscsi [-- WORD…]`: set-up, then our iSCSI target beside tgtd and istgt. Words choose works by their titles.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'bench', 'dist', 'iscsi.js'), ...process.argv.slice(2)]);
