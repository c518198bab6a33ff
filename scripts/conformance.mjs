// `npm run conformance`: set-up, then libiscsi's test suite against scst-iscsi-target. A whole run writes docs/conformance.md.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
const args = process.argv.slice(2);
const whole = args.length === 0 ? ['--document', join(root, 'docs', 'conformance.md')] : [];
run(process.execPath, [join(root, 'e2e', 'dist', 'conformance.js'), ...whole, ...args]);
