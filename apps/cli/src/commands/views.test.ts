import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun } from '../test/run-cli.js';
import { createWorld, type TestWorld } from '../test/world.js';

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
  await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio', 'size_mb=4');
  await world.ok('lun', 'add', 'scst_local_tgt', 'n1', '0');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** A thing to do once the output of a command that goes on is as it should be by then. */
interface Step {
  readonly when: (stdout: string) => boolean;
  readonly work?: () => Promise<unknown>;
}

/** Runs a command that goes on until a signal, which comes after the last step. */
const during = async (words: readonly string[], ...steps: readonly Step[]): Promise<CliRun> => {
  const controller = new AbortController();
  let stdout = '';
  let look = (): void => undefined;
  const running = world.run(words, {
    signal: controller.signal,
    onOutput: (text) => {
      stdout = text;
      look();
    },
  });
  for (const { when, work } of steps) {
    await new Promise<void>((resolve) => {
      look = () => {
        if (when(stdout)) resolve();
      };
      look();
    });
    await work?.();
  }
  controller.abort('SIGINT');
  return await running;
};

const has = (text: string) => (stdout: string): boolean => stdout.includes(text);

const lines = ({ stdout }: CliRun): unknown[] => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);

const SESSION = 'scst_local_tgt/scst_local_host';

describe('top', () => {
  it('prints one interval as a table, and says why there is no latency', async () => {
    const { exit, stdout, stderr } = await world.run(['top', '--once', '--interval', '0.1']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}1 session, 1 LUN {2}0 IOPS {2}0\.0 MB\/s\nSESSION, LUN .*QUEUE\n/u);
    expect(stdout).toContain(`${SESSION}     0 `);
    expect(stdout).toContain('  LUN 0 → n1');
    expect(stderr).toContain('set measure_latency 1');
  });

  it('counts what is done in the meantime, of the session and of the LUN', async () => {
    await world.ok('set', 'measure_latency', '1');
    const run = await during(
      ['top', '--json', '--interval', '0.1'],
      { when: has('}\n'), work: () => world.ok('scsi', 'read', `${SESSION}/0`, '--blocks', '64', '-o', '/dev/null') },
      { when: (stdout) => /"latency":[\d.]+,"luns"/u.test(stdout) },
    );
    await world.ok('set', 'measure_latency', '0');
    expect([run.exit, run.stderr]).toEqual([0, '']);
    type Io = { read: { commands: number; bytes: number } };
    const samples = lines(run) as { seconds: number; sessions: (Io & { luns: Io[] })[] }[];
    const moved = (pick: (session: Io & { luns: Io[] }) => Io | undefined): number =>
      Math.round(samples.reduce((sum, { seconds, sessions: [session] }) => sum + (session === undefined ? 0 : (pick(session)?.read.bytes ?? 0) * seconds), 0));
    expect(moved((session) => session)).toBe(32768);
    // SCST shows whole KiB of sessions; of LUNs the core counts bytes, those of READ CAPACITY among them.
    expect(Math.floor(moved((session) => session.luns[0]) / 1024)).toBe(32);
  });

  it.each([['0'], ['x'], ['-1'], ['1e9']])('takes no interval of %s', async (interval) => {
    const { exit, stderr } = await world.run(['top', '--once', `--interval=${interval}`]);
    expect([exit, stderr.includes('is no interval')]).toEqual([2, true]);
  });
});

describe('events', () => {
  it('tells what there is, and then what happens, as lines of JSON', async () => {
    const run = await during(
      ['events', '--json', '--initial'],
      { when: has('"ready"'), work: () => world.ok('session', 'add', 'scst_local_tgt/extra') },
      { when: has('"extra"'), work: () => world.ok('session', 'remove', 'scst_local_tgt/extra') },
      { when: has('"removed"') },
    );
    expect([run.exit, run.stderr]).toEqual([0, '']);
    const told = lines(run) as { event: string; kind?: string; session?: string; initial?: boolean }[];
    const ready = told.findIndex(({ event }) => event === 'ready');
    expect(told.slice(0, ready).every(({ event, initial }) => event === 'added' && initial === true)).toBe(true);
    expect(told.slice(0, ready).map(({ kind }) => kind)).toEqual(['device', 'target', 'lun', 'session']);
    expect(told.slice(ready + 1)).toMatchObject([
      { event: 'added', kind: 'session', session: 'extra', initiator: 'extra', driver: 'scst_local', target: 'scst_local_tgt' },
      { event: 'removed', kind: 'session', session: 'extra' },
    ]);
  });

  it('tells people in words, changes with what was before', async () => {
    const replace = (value: string) => (): Promise<CliRun> => world.ok('mgmt', 'targets/scst_local/scst_local_tgt/luns/mgmt', 'replace', 'n1', '0', `read_only=${value}`);
    const run = await during(['events', '--initial'], { when: has('ready'), work: replace('1') }, { when: has('changed'), work: replace('0') });
    expect(run.stdout).toMatch(/\n\d\d:\d\d:\d\d {2}changed {2}LUN 0 of scst_local_tgt → n1 \(read-only\): readOnly no → yes\n/u);
  });
});

describe('tree --watch', () => {
  it('shows the tree again when it has changed, and only then', async () => {
    const run = await during(
      ['tree', '--watch', '--interval', '0.05'],
      { when: has('host 0'), work: () => new Promise((resolve) => setTimeout(resolve, 200)) },
      { when: has('host 0'), work: () => world.ok('device', 'add', 'n2', '--handler', 'vdisk_nullio', 'size_mb=1') },
      { when: has('n2') },
    );
    expect(run.exit).toBe(0);
    const shown = run.stdout.split('\n\n');
    expect(shown.length).toBe(2);
    expect(shown[0]).not.toContain('n2');
    expect(shown[1]).toContain('not exported\n└─ n2 (vdisk_nullio, 1 MiB)');
  });
});
