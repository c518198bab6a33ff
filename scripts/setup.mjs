// Everything `npm start`, `npm test` and `npm run replay` need on a fresh clone: dependencies from the lock file, and a build
// of what changed. Does nothing where nothing is to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.setup-stamp');

/** Runs a program to its end; a failure ends this process with its status. */
export const run = (command, args, options = {}) => {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options, env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...options.env } });
  if (result.error !== undefined) {
    console.error(`${command}: ${result.error.message}`);
    process.exit(1);
  }
  if (result.signal !== null) process.exit(1);
  if (result.status !== 0) process.exit(result.status ?? 1);
};

/** Runs a step quietly: its output is shown only when it fails. */
const quietly = (label, command, args) => {
  process.stderr.write(`${label} … `);
  const started = performance.now();
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' } });
  if (result.status !== 0) {
    process.stderr.write('failed\n');
    process.stderr.write(result.stdout ?? '');
    process.stderr.write(result.stderr ?? '');
    if (result.error !== undefined) process.stderr.write(`${result.error.message}\n`);
    process.exit(result.status ?? 1);
  }
  process.stderr.write(`done (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

export const setup = ({ build = true } = {}) => {
  if (major < 20 || (major === 20 && minor < 12)) {
    console.error(`Node ${process.versions.node} is too old: this needs Node 20.12 or later.`);
    process.exit(1);
  }
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    quietly('Installing dependencies', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    writeFileSync(stamp, lock);
  }
  if (build) quietly('Building', process.execPath, [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'build', '--output-logs=errors-only']);
};
