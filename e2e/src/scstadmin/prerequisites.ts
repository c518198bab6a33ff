import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** SCST's scstadmin as it was fetched or installed. */
export interface Scstadmin {
  /** The program. */
  readonly program: string;
  /** Folder of its Perl module in SCST's source tree; undefined for an installed copy, which finds its own. */
  readonly library: string | undefined;
  /** Folder of its test suite, likewise. */
  readonly suite: string | undefined;
}

/** The copy `SCSTADMIN` names, or why there is none to be used. */
export const findScstadmin = (): Scstadmin | { readonly missing: string } => {
  const given = process.env['SCSTADMIN'];
  if (given === undefined || given === '') return { missing: 'SCSTADMIN is not set to the path of a scstadmin' };
  const program = resolve(given);
  if (!existsSync(program)) return { missing: `there is no ${program}, which SCSTADMIN names` };
  const problem = machineProblem();
  if (problem !== undefined) return { missing: problem };
  const source = join(dirname(program), 'scst-1.0.0');
  const inSource = (folder: string): string | undefined => (existsSync(join(source, folder)) ? join(source, folder) : undefined);
  return { program, library: inSource('lib'), suite: inSource('t') };
};

/** Why no machine can be made here, or undefined. */
const machineProblem = (): string | undefined => {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    return '/dev/fuse cannot be opened for reading and writing';
  }
  for (const program of ['perl', 'unshare', 'nsenter', 'mount']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined) return `${program} is not installed`;
  }
  const { status } = spawnSync('unshare', [...NAMESPACES, 'true'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'this user may not make namespaces';
};

/** A mount namespace, and for other users than root the user namespace that allows it. */
export const NAMESPACES: readonly string[] = process.geteuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];

/** Says on standard error what is left out and why, so that a run without scstadmin does not look like one with it. */
export const announceSkip = (what: string, reason: string): void => {
  process.stderr.write(`${what}: skipped, since ${reason}\n`);
};
