// `node scripts/check-native-musl.mjs`: whether musl's loader takes the native parts for x64, which are built against glibc. There is no Node for musl to be
// had from npm or Debian: a host program linked to musl stands in for it, which has the functions of Node-API by name and resolves all others, at once, in
// musl. Without musl's compiler it says so, and fails with --required.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

if (process.arch !== 'x64' || !existsSync('/usr/bin/musl-gcc')) {
  console.error(`check-native-musl: SKIPPED: there is no /usr/bin/musl-gcc for x64 (Debian package musl-tools)`);
  process.exit(process.argv.includes('--required') ? 1 : 0);
}
const work = mkdtempSync(join(tmpdir(), 'scst-musl-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const files = ['file-io', 'sg-io'].map((name) => join(root, 'packages', name, 'prebuilds', 'linux-x64.node'));
for (const file of files) {
  const wanted = execFileSync('nm', ['-D', '--undefined-only', '--without-symbol-versions', file], { encoding: 'utf8' }).match(/\b\w+$/gm) ?? [];
  const nodeApi = wanted.filter((symbol) => symbol.startsWith('napi_'));
  const source = join(work, 'host.c');
  writeFileSync(source, `
#include <dlfcn.h>
#include <stdio.h>
${nodeApi.map((symbol) => `int ${symbol}(void) { return 9; }`).join('\n')}
int main(int count, char **words) {
  void *library = dlopen(words[1], RTLD_NOW);
  if (library == NULL || dlsym(library, "napi_register_module_v1") == NULL) return fprintf(stderr, "%s\\n", dlerror()), 1;
  return 0;
}
`);
  const host = join(work, 'host');
  run('musl-gcc', ['-rdynamic', '-o', host, source]);
  run(host, [file]);
  console.log(`${file.slice(root.length + 1)}: musl has the ${wanted.length - nodeApi.length} functions that it needs beside ${nodeApi.length} of Node-API`);
}
