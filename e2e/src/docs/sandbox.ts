import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ShellBlock } from './blocks.js';

/** Milliseconds for all of a page. */
const PATIENCE = 120_000;

/** What a block printed, and how its last command ended; undefined for one that was not come to. */
export interface BlockRun {
  readonly stdout: string;
  readonly status: number;
}

/**
 * Runs the blocks of a page one after the other in one shell, in an empty directory, with `scst-local` in front of everything else: a server
 * started there, and the commands that talk to it, keep to that directory. Whatever is left running at the end is ended.
 *
 * @param program Path of scst-local, for Node.
 * @param ports What stands in for the ports that pages speak of.
 */
export const runBlocks = async (blocks: readonly ShellBlock[], program: string, ports: ReadonlyMap<number, number>): Promise<readonly (BlockRun | undefined)[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-docs-'));
  try {
    await writeFile(join(directory, 'script.sh'), await prepare(directory, blocks, program, ports));
    const said = await runScript(directory);
    return await Promise.all(
      blocks.map(async (_, index) => {
        const status = await readFile(join(directory, `out/${index}.status`), 'utf8').catch(() => undefined);
        const stdout = await readFile(join(directory, `out/${index}.stdout`), 'utf8').catch(() => '');
        return status === undefined ? undefined : { stdout: status === '0\n' ? stdout : `${stdout}\n${said}`, status: Number(status) };
      }),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const prepare = async (directory: string, blocks: readonly ShellBlock[], program: string, ports: ReadonlyMap<number, number>): Promise<string> => {
  for (const name of ['bin', 'out', 'work']) await mkdir(join(directory, name));
  const place = async (name: string, text: string): Promise<void> => {
    await writeFile(join(directory, 'bin', name), `#!/bin/bash\n${text}\n`);
    await chmod(join(directory, 'bin', name), 0o755);
  };
  await place('scst-local', `if [ "$1" = serve ]; then shift; set -- serve --socket '${directory}/socket' --state '${directory}/state' "$@"; fi\nexec '${process.execPath}' '${program}' "$@"`);
  // In a clone, npx finds what the clone has built.
  await place('npx', 'exec "$@"');
  const portable = (commands: string): string => [...ports].reduce((text, [shown, used]) => text.replaceAll(`:${shown}`, `:${used}`), commands);
  const steps = blocks.map(
    ({ commands }, index) => `{\n${portable(commands)}\n} >"${directory}/out/${index}.stdout"\nstatus=$?\n${/\bserve\b.*&/u.test(commands) ? WAIT_FOR_SERVER : ''}echo $status >"${directory}/out/${index}.status"\n[ $status = 0 ] || exit 1\n`,
  );
  return `export PATH='${directory}/bin':"$PATH" HOME='${directory}/work' SCST_LOCAL_CONNECT='${directory}/socket' NO_COLOR=1\ncd '${directory}/work'\n${steps.join('')}`;
};

/** People take longer to type than a server to come up. */
const WAIT_FOR_SERVER = 'for i in $(seq 200); do scst-local status >/dev/null 2>&1 && break; sleep 0.1; done\n';

/** Gives what was said on standard error. */
const runScript = async (directory: string): Promise<string> => {
  // A process group of its own: what the page leaves in the background is ended with it.
  const shell = spawn('bash', ['-u', join(directory, 'script.sh')], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  shell.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const endGroup = (signal: NodeJS.Signals): void => {
    if (shell.pid === undefined) return;
    try {
      process.kill(-shell.pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => { endGroup('SIGKILL'); }, PATIENCE);
  await new Promise((resolve) => shell.on('exit', resolve));
  clearTimeout(timer);
  endGroup('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 500));
  endGroup('SIGKILL');
  return said;
};
