// `npm test`: set-up, the unit tests of every package, then the recordings of a real SCST replayed in memory.
import { join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'test', '--filter=!@scst/e2e', '--output-logs=errors-only', '--concurrency=2', ...process.argv.slice(2)]);
run(process.execPath, [join(root, 'e2e', 'dist', 'replay.js'), '--quiet', join(root, 'e2e', 'fixtures', 'recordings')]);
