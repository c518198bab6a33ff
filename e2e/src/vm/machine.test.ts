import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../mount/bundle.js';
import { findMachine } from './prerequisites.js';

const machine = findMachine();
if ('missing' in machine) process.stderr.write(`the end of a machine: skipped, since there is no ${machine.missing.map(({ what }) => what).join(', no ')}\n`);

/** A machine that says its process and then nothing for a long time. */
const EMULATOR = '#!/bin/sh\necho "emulator $$"\nexec sleep 300\n';

describe.skipIf('missing' in machine)('a machine whose program is ended', () => {
  let directory: string;
  const path = (...names: readonly string[]): string => join(directory, ...names);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scst-machine-'));
    // The program's own checkout is where it lies.
    for (const folder of ['bin', 'tmp', 'e2e/src']) await mkdir(path(folder), { recursive: true });
    await bundle({ vm: 'vm/cli.ts' }, path('e2e', 'dist'));
    await writeFile(path('bin', 'qemu-system-x86_64'), EMULATOR);
    await chmod(path('bin', 'qemu-system-x86_64'), 0o755);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const start = async (): Promise<{ child: ChildProcess; emulator: number }> => {
    const child = spawn(process.execPath, [path('e2e', 'dist', 'vm.mjs'), '--run', 'true'], {
      env: { ...process.env, PATH: `${path('bin')}:${process.env['PATH'] ?? ''}`, TMPDIR: path('tmp') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const emulator = Number(/^emulator (\d+)$/mu.exec(said.toString())?.[1]);
    return { child, emulator };
  };

  it.each([['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]] as const)('by %s takes the emulator and its files with it', async (signal, status) => {
    const { child, emulator } = await start();
    expect(await readdir(path('tmp'))).toEqual([expect.stringMatching(/^scst-vm-/u)]);
    expect(await readFile(`/proc/${emulator}/comm`, 'utf8')).toBe('sleep\n');
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(status);
    expect(await readdir(path('tmp'))).toEqual([]);
    await expect.poll(() => readFile(`/proc/${emulator}/status`, 'utf8').then((text) => /^State:\s+(\S)/mu.exec(text)?.[1], () => 'gone')).toMatch(/^(?:gone|Z)$/u);
  });
});
