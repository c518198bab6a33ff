// What looks at the kernel's SCST as a whole: the exporter, `top` and `events`.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ScstCollector } from '@scst/exporter';
import { read, testUnitReady } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSandbox } from './sandbox.js';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../../apps/cli/dist/cli.js', import.meta.url));
const RETRIES = { unitAttentionRetries: 8 };
const READS = 20;
/** An emulated processor takes its time for the first reads. */
const PATIENT = { timeout: 60_000, attributeTimeout: 30_000 };

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

describe('the exporter on the kernel’s SCST', () => {
  it('has its objects, and counts its commands', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    const collector = new ScstCollector(sandbox.scst, { limits: PATIENT });
    try {
      const series = async (name: string, ...labels: readonly string[]): Promise<string[]> =>
        (await collector.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
      const value = async (...words: Parameters<typeof series>): Promise<number> => Number((await series(...words)).at(0)?.split(' ').at(-1));
      const of = `target="${target.name}"`;
      expect(await collector.metrics()).toMatch(/^scst_up 1$/mu);
      expect(await value('scst_device_size_bytes', `device="${device.name}"`)).toBe(16 << 20);
      expect(await value('scst_target_sessions', of)).toBe(1);
      expect(await series('scst_lun_info', of, `device="${device.name}"`)).toHaveLength(1);
      const before = await value('scst_target_commands_total', of, 'direction="read"');
      for (let count = 0; count < READS; count += 1) await read(lun, { lba: 0n, blocks: 1, blockLength: 512 });
      expect((await value('scst_target_commands_total', of, 'direction="read"')) - before).toBeGreaterThanOrEqual(READS);
      expect(await collector.metrics()).toMatch(/^scst_scrape_complete 1$/mu);
    } finally {
      await collector.close();
    }
  });
});

describe('the command line on the kernel’s SCST', () => {
  it('`top --once --json` shows what a session does', async () => {
    const { target, session } = await sandbox.exportedDisk();
    await using lun = await session.open(0);
    await testUnitReady(lun, RETRIES);
    let isOver = false;
    const reading = (async () => {
      while (!isOver) await read(lun, { lba: 0n, blocks: 8, blockLength: 512 });
    })();
    try {
      const { stdout } = await run(process.execPath, [CLI, '--connect', 'kernel', 'top', '--once', '--json']);
      const { sessions } = JSON.parse(stdout) as { sessions: { target: string; session: string; read: { commands: number; bytes: number }; luns: { lun: number }[] }[] };
      const ours = sessions.find((one) => one.target === target.name);
      expect(ours).toMatchObject({ session: session.name, luns: [{ lun: 0 }] });
      expect(ours?.read.commands).toBeGreaterThan(0);
      expect(ours?.read.bytes).toBeGreaterThan(0);
    } finally {
      isOver = true;
      await reading;
    }
  });

  it('`events --json` tells what comes, changes and goes', async () => {
    const child = spawn(process.execPath, [CLI, '--connect', 'kernel', 'events', '--json', '--initial', '--interval', '0.2'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    type Event = Readonly<Record<string, unknown>>;
    /** The next event that is wanted; others' are passed over. */
    const next = async (wanted: (event: Event) => boolean): Promise<Event> => {
      for (;;) {
        const line: IteratorResult<string, undefined> = await lines.next();
        if (line.value === undefined) throw new Error('events has ended');
        const event = JSON.parse(line.value) as Event;
        if (wanted(event)) return event;
      }
    };
    try {
      await next(({ event }) => event === 'ready');
      const target = await sandbox.target();
      const of = (kind: string) => (event: Event) => event['kind'] === kind && event['target'] === target.name;
      expect(await next(of('target'))).toMatchObject({ event: 'added', driver: 'scst_local' });
      const session = await sandbox.session(target);
      expect(await next(of('session'))).toMatchObject({ event: 'added', initiator: session.name });
      await target.remove();
      expect([await next((event) => event['target'] === target.name), await next((event) => event['target'] === target.name)]).toMatchObject([{ event: 'removed' }, { event: 'removed' }]);
    } finally {
      child.kill('SIGINT');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });
});
