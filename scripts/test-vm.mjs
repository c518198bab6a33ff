// `npm run test:vm [-- SUITE…]`: set-up, then what needs a kernel of its own, in a virtual machine.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'e2e', 'dist', 'vm.js'), ...process.argv.slice(2)]);
