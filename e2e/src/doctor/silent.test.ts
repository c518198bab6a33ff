// A mounted tree whose server has been stopped, not ended: nothing that only looks may wait for it.
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagnose, Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../durability/server-process.js';
import { run } from '../kernel/standin.js';

const CLI = fileURLToPath(new URL('../../../apps/cli/dist/cli.js', import.meta.url));
/** Milliseconds. */
const [TIMEOUT, SLOW] = [1000, 60_000];

/** Why nothing can be mounted here, or undefined. */
const lacks = ((): string | undefined => {
  if (process.geteuid?.() !== 0) return 'only root mounts';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return '/dev/fuse cannot be opened';
  }
})();

describe.skipIf(lacks !== undefined)(`a tree whose server has stopped${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  let directory: string;
  let tree: string;
  let server: ServerProcess;
  let scst: Scst;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scst-silent-'));
    tree = join(directory, 'tree');
    await mkdir(tree);
    server = await ServerProcess.start({ program: CLI, socket: join(directory, 'socket'), stateDirectory: join(directory, 'state'), flags: ['--mount', tree] });
    scst = await Scst.open({ connect: 'embedded' });
    await symlink(join(tree, 'version'), join(directory, 'link'));
    await scst.handler('vdisk_fileio').add('direct', { filename: join(tree, 'version'), read_only: 1 });
    await scst.handler('vdisk_fileio').add('linked', { filename: join(directory, 'link'), read_only: 1 });
    expect(await diagnose(scst)).toEqual([]);
    process.kill(server.pid, 'SIGSTOP');
  }, SLOW);
  afterAll(async () => {
    process.kill(server.pid, 'SIGCONT');
    await scst.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }, SLOW);

  it('is told of by the doctor, and so is each file on it', async () => {
    const started = performance.now();
    const findings = await diagnose(scst, { timeout: TIMEOUT });
    expect(performance.now() - started).toBeLessThan(SLOW / 3);
    expect(findings.map(({ code, severity, subject, message }) => [code, severity, subject, message])).toEqual([
      ['silent-mount', 'warning', tree, `the server of the tree mounted on ${tree} has not answered for 1 s`],
      ['silent-mount', 'warning', tree, `the file ${join(tree, 'version')} of the device direct, on ${tree} (fuse.scst), has not answered for 1 s`],
      ['silent-mount', 'warning', expect.any(String), expect.stringMatching(/^the file .*\/link of the device linked.* has not answered for 1 s$/u)],
    ]);
    expect(findings[0]?.hint).toContain(`umount -l ${tree}`);
  });

  it('ends the doctor’s waiting when that is interrupted', async () => {
    await expect(diagnose(scst, { timeout: SLOW, signal: AbortSignal.timeout(500) })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('is refused to whoever connects to it, in words, and that program ends', async () => {
    const { status, output } = await run(process.execPath, [CLI, '--connect', tree, 'doctor'], SLOW / 2);
    expect([status, output]).toEqual([3, expect.stringContaining(`the server of the tree mounted on ${tree} has not answered for 5 s`)]);
  });

  it('does not keep the command line from the SCST that answers', async () => {
    await using other = await ServerProcess.start({ program: CLI, socket: join(directory, 'other'), stateDirectory: join(directory, 'other-state') });
    const { status, output } = await run(process.execPath, [CLI, '--connect', join(directory, 'other'), 'doctor', '--json'], SLOW / 2);
    expect(status).toBe(5);
    expect(output).toContain('"silent-mount"');
    expect(await other.stop()).toBe(0);
  });
});
