import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupported } from '@scst/fuse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';

const RECORDINGS = fileURLToPath(new URL('../../fixtures/recordings/sysfs', import.meta.url));

const support = await isSupported();
if (!support.supported) process.stderr.write(`recordings through a mount: skipped, since ${support.reason}\n`);

/** What programs see through the kernel is what the recordings have: every one of them, system call by system call. */
describe.skipIf(!support.supported)('the recordings of the tree', () => {
  let directory = '';

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scst-mounted-'));
    await bundle({ replay: 'replay/cli.ts', 'mount-user': 'mount/user.ts' }, directory);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('pass through a mount', { timeout: 600_000 }, async () => {
    const { status, output } = await run(join(directory, 'replay.mjs'), '--quiet', '--through', 'mount', RECORDINGS);
    expect(output).toMatch(/^\d{3,} passed, 0 failed\n$/u);
    expect(status).toBe(0);
  });
});

const run = (...words: string[]): Promise<{ status: number | string | null | undefined; output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, words, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), output: stdout + stderr });
    });
  });
