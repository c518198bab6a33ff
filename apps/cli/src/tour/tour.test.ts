import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runCli } from '../test/run-cli.js';
import { checkBytes, checkEqual } from './check.js';

const leftovers = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('scst-tour-'));

describe('tour', () => {
  it('carries out every step and leaves nothing behind', async () => {
    const before = await leftovers();
    const run = await runCli(['tour', '--json']);
    expect([run.exit, run.stderr]).toEqual([0, '']);
    const { ok, steps } = run.json() as { ok: boolean; steps: { title: string; classic: string[]; findings: string[] }[] };
    expect(ok).toBe(true);
    expect(steps.length).toBeGreaterThan(15);
    expect(steps.every(({ title, classic }) => title !== '' && classic.length > 0)).toBe(true);
    expect(await leftovers()).toEqual(before);
  });

  it('says each step with the line it stands for, and what to try next', async () => {
    const { stdout } = await runCli(['tour']);
    expect(stdout).toContain('# echo "add vm_disk1 0" >/sys/kernel/scst_tgt/targets/scst_local/scst_local_tgt/luns/mgmt');
    expect(stdout).toContain('Vendor: SCST_FIO Model: vm_disk1');
    expect(stdout).toContain('npx scst-local');
  });

  it('ends when it is interrupted, and leaves nothing behind', async () => {
    const before = await leftovers();
    const { exit } = await runCli(['tour'], { signal: AbortSignal.abort('SIGINT') });
    expect(exit).toBe(130);
    expect(await leftovers()).toEqual(before);
  });
});

describe('the checks of the tour', () => {
  it('fail for what differs', () => {
    expect(() => { checkEqual('x', [1, 2], [1, 3]); }).toThrow('x: expected [1,3], got [1,2]');
    expect(() => { checkBytes('x', Uint8Array.of(1, 2), Uint8Array.of(1, 3)); }).toThrow('x: byte 1 differs');
    expect(() => { checkBytes('x', Uint8Array.of(1), Uint8Array.of(1, 2)); }).toThrow('expected 2 bytes, got 1');
    checkEqual('x', { a: [1] }, { a: [1] });
    checkBytes('x', Uint8Array.of(1, 2), Uint8Array.of(1, 2));
  });
});
