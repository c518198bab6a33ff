// The native part of a package: src/native/*.c → prebuilds/linux-ARCH.node, one file for glibc and musl. Run in the package's folder.
//   node ../../scripts/build-native.mjs          this machine's, where there is a C compiler; says so where there is none
//   node ../../scripts/build-native.mjs --all    every architecture that is published; fails where a compiler is missing
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The newest glibc that the oldest supported distribution has. */
const GLIBC = [2, 28];
const TARGETS = {
  x64: { compiler: 'gcc', objdump: 'objdump', pageSize: 4096 },
  arm64: { compiler: 'aarch64-linux-gnu-gcc', objdump: 'aarch64-linux-gnu-objdump', pageSize: 65_536 },
};

const require = createRequire(import.meta.url);
const include = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
const all = process.argv.includes('--all');
const name = require(join(process.cwd(), 'package.json')).name;
const sources = readdirSync('src/native').filter((file) => file.endsWith('.c')).map((file) => join('src/native', file));

const exists = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

const fail = (message) => {
  console.error(`${name}: ${message}`);
  process.exit(1);
};

/** Symbols of a glibc that the oldest supported distribution does not have. */
const tooNew = (objdump, file) => {
  const { status, stdout } = spawnSync(objdump, ['-T', file], { encoding: 'utf8' });
  if (status !== 0) fail(`${objdump} could not read ${file}`);
  return [...stdout.matchAll(/GLIBC_(\d+)\.(\d+)\S*\s+(\S+)/g)]
    .filter(([, major, minor]) => Number(major) > GLIBC[0] || (Number(major) === GLIBC[0] && Number(minor) > GLIBC[1]))
    .map(([text]) => text);
};

const build = (arch) => {
  const { compiler, objdump, pageSize } = TARGETS[arch];
  const file = join('prebuilds', `linux-${arch}.node`);
  mkdirSync(dirname(file), { recursive: true });
  const flags = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-shared', '-fPIC', '-fvisibility=hidden', '-U_FORTIFY_SOURCE', '-fno-stack-protector', '-s', '-Wl,--build-id=none', '-Wl,-z,nodelete', `-Wl,-z,max-page-size=${pageSize}`];
  const { status, stderr } = spawnSync(compiler, [...flags, '-I', include, '-o', file, ...sources], { encoding: 'utf8' });
  if (status !== 0) fail(`${compiler} failed\n${stderr}`);
  const offending = tooNew(objdump, file);
  if (offending.length > 0) fail(`${file} needs a glibc newer than ${GLIBC.join('.')}: ${offending.join(', ')}`);
};

if (all) {
  for (const [arch, { compiler }] of Object.entries(TARGETS)) {
    if (!exists(compiler)) fail(`${compiler} is needed to build for ${arch}`);
    build(arch);
  }
} else {
  const target = process.platform === 'linux' ? TARGETS[process.arch] : undefined;
  const compiler = target === undefined ? undefined : process.arch === 'x64' || exists(target.compiler) ? target.compiler : 'gcc';
  if (compiler === undefined || !exists(compiler)) console.log(`${name}: no C compiler for ${process.platform} ${process.arch}; the native part is not built`);
  else {
    TARGETS[process.arch] = { ...target, compiler, objdump: exists(target.objdump) ? target.objdump : 'objdump' };
    build(process.arch);
  }
}
