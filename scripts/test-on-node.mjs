// `node scripts/test-on-node.mjs 22 24`: the unit tests and the recordings on other versions of Node, whose binaries come from npm.
import { mkdtempSync, rmSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run, setup } from './setup.mjs';

setup();
const work = mkdtempSync(join(tmpdir(), 'scst-node-'));
try {
  for (const major of process.argv.slice(2)) {
    const prefix = join(work, major);
    run('npm', ['install', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `node-linux-${arch()}@${major}`]);
    const binaries = join(prefix, 'node_modules', `node-linux-${arch()}`, 'bin');
    const node = join(binaries, 'node');
    const env = { PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` };
    console.log(`\nNode ${major}`);
    run(node, ['--version']);
    run(node, [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'test', '--force', '--concurrency=2', '--output-logs=errors-only', '--filter=!@scst/e2e'], { env });
    run(node, [join(root, 'e2e', 'dist', 'replay.js'), '--quiet', join(root, 'e2e', 'fixtures', 'recordings')], { env });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
