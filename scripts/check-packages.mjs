// Checks every public package as it would be published: publint, attw, and a tarball that installs into an empty project where
// the README's examples run. Run after a build.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

setup();

const bin = (name) => join(root, 'node_modules', '.bin', name);
let failures = 0;

const check = (label, command, args, options = {}) => {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000, ...options });
  if (result.status === 0) {
    console.log(`ok   ${label}`);
    return result.stdout;
  }
  failures += 1;
  console.log(`FAIL ${label}\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
  return undefined;
};

/** What a tarball must have, and what it must not have: tests, and sources other than those of a native part. */
const checkContents = (name, files) => {
  const missing = ['package.json', 'LICENSE', 'README.md'].filter((file) => !files.includes(file));
  if (!files.some((file) => file.startsWith('dist/'))) missing.push('dist/');
  const surplus = files.filter((file) => /(^|\/)(test|testing|fixtures|node_modules|\.turbo|\.test-build)\/|\.test\.|^tsconfig|^tsup|^vitest|\.tgz$/.test(file) || (/^src\//.test(file) && !/^src\/native\//.test(file)));
  if (missing.length === 0 && surplus.length === 0) {
    console.log(`ok   contents ${name}`);
    return;
  }
  failures += 1;
  console.log(`FAIL contents ${name}: ${[...missing.map((file) => `no ${file}`), ...surplus.map((file) => `${file} is in it`)].join(', ')}`);
};

/** Fenced blocks of a README that are programs: ```js (ESM) and ```cjs. */
const examples = (readme) => [...readme.matchAll(/^```(js|cjs)\n([\s\S]*?)^```$/gm)].map(([, kind, code]) => ({ kind, code }));

const work = mkdtempSync(join(tmpdir(), 'scst-packages-'));
try {
  const packages = ['packages', 'apps'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => {
      const folder = join(root, kind, name);
      return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) };
    }),
  ).filter(({ manifest }) => manifest.private !== true);

  const tarballs = [];
  for (const { folder, manifest } of packages) {
    check(`publint ${manifest.name}`, bin('publint'), ['--strict', folder]);
    // A folder each: the tarballs of @scst/local and scst-local have one name.
    const destination = join(work, manifest.name.replaceAll('/', '+'));
    mkdirSync(destination);
    const packed = check(`pack ${manifest.name}`, 'npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', destination], { cwd: folder });
    if (packed !== undefined) checkContents(manifest.name, JSON.parse(packed)[0].files.map(({ path }) => path));
    const tarball = join(destination, readdirSync(destination)[0] ?? '');
    tarballs.push(tarball);
    if (manifest.exports !== undefined) check(`attw ${manifest.name}`, bin('attw'), [tarball, '--profile', 'node16', '--format', 'ascii']);
  }

  const project = join(work, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  check('tarballs install into an empty project', 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], { cwd: project });

  for (const { folder, manifest } of packages) {
    const programs = examples(readFileSync(join(folder, 'README.md'), 'utf8'));
    if (manifest.exports !== undefined && programs.length === 0) {
      failures += 1;
      console.log(`FAIL ${manifest.name}: its README has no example that runs`);
    }
    for (const [index, { kind, code }] of programs.entries()) {
      const file = join(project, `${manifest.name.replace(/\W+/g, '-')}-${index}.${kind === 'cjs' ? 'cjs' : 'mjs'}`);
      writeFileSync(file, code);
      check(`README of ${manifest.name}, example ${index + 1} (${kind})`, process.execPath, [file], { cwd: project });
    }
    if (manifest.exports === undefined) continue;
    for (const [subpath] of Object.entries(manifest.exports).filter(([key]) => key !== './package.json')) {
      const name = manifest.name + subpath.slice(1);
      check(`require ${name}`, process.execPath, ['-e', `if (Object.keys(require('${name}')).length === 0) process.exit(1)`], { cwd: project });
      check(`import ${name}`, process.execPath, ['--input-type=module', '-e', `if (Object.keys(await import('${name}')).length === 0) process.exit(1)`], { cwd: project });
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failures === 0 ? 'every package is as it should be' : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
