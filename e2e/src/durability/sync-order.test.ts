import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { CACHING_PAGE, changeModePage, CONTROL_PAGE, persistentReserveOut, synchronizeCache, write, writeAndVerify } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK } from './ledger.js';
import { parseTrace, type SystemCall } from './trace.js';
import { defaultSession, exportFile, Workplace } from './workplace.js';

/** Why system calls cannot be watched here, or undefined. */
const problem = ((): string | undefined => {
  const { status, error, stderr } = spawnSync('strace', ['-f', '-y', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : `strace cannot trace here: ${stderr}`;
})();
if (problem !== undefined) process.stderr.write(`order of fdatasync and acknowledgement: skipped, since ${problem}\n`);

/** What is done between two marks of the trace: the calls of one command, the last of them its acknowledgement. */
type Step = readonly SystemCall[];

const DATA = new Uint8Array(8 * BLOCK).fill(0x5a);
const COMMANDS = [
  'write', 'write with FUA', 'synchronize cache', 'write through', 'write and verify', 'save a mode page', 'switch the cache off', 'write without cache', 'register',
] as const;

// kill -9 leaves the page cache alone, so what is stable and what only was written look the same afterwards. The order of the system calls does not.
describe.skipIf(problem !== undefined)('what is acknowledged as stable', () => {
  let calls: SystemCall[];
  const steps = new Map<string, Step>();
  const files = { cached: '', through: '', state: '' };

  beforeAll(async () => {
    await using place = await Workplace.create();
    const trace = place.path('trace');
    const traced = 'trace=fdatasync,fsync,pwrite64,pwritev,write,writev,openat,rename,mkdir';
    await using server = await place.serve({ under: ['strace', '-f', '-y', '-s', '64', '-o', trace, '-e', traced] });
    await using scst = await place.connect();
    Object.assign(files, { cached: await place.file('cached', 1 << 20), through: await place.file('through', 1 << 20), state: place.stateDirectory });
    await exportFile(scst, 'cached', files.cached, 0);
    await exportFile(scst, 'through', files.through, 1, { write_through: '1' });
    const [cached, through] = [await defaultSession(scst).open(0), await defaultSession(scst).open(1)];
    const work: Record<(typeof COMMANDS)[number], () => Promise<void>> = {
      write: () => write(cached, { lba: 0, data: DATA, blockLength: BLOCK }),
      'write with FUA': () => write(cached, { lba: 8, data: DATA, blockLength: BLOCK, fua: true }),
      'synchronize cache': () => synchronizeCache(cached),
      'write through': () => write(through, { lba: 0, data: DATA, blockLength: BLOCK }),
      'write and verify': () => writeAndVerify(cached, { lba: 16, data: DATA, blockLength: BLOCK }),
      'save a mode page': () => changeModePage(cached, CONTROL_PAGE, { dpicz: true }, { savePages: true }),
      'switch the cache off': () => changeModePage(cached, CACHING_PAGE, { writebackCacheEnable: false }),
      'write without cache': () => write(cached, { lba: 24, data: DATA, blockLength: BLOCK }),
      register: () => persistentReserveOut.register(cached, { serviceActionKey: 5n, activatePersistThroughPowerLoss: true }),
    };
    const answers: number[] = [];
    for (const name of COMMANDS) {
      await work[name]();
      // The trace is written as it happens: what is in it by now belongs to this command.
      answers.push(acknowledgements(parseTrace(await readFile(trace, 'utf8'))).length);
    }
    await Promise.all(Array.from({ length: 16 }, (_, index) => write(cached, { lba: 100 + 8 * index, data: DATA, blockLength: BLOCK, fua: true })));
    await server.stop();
    calls = parseTrace(await readFile(trace, 'utf8'));
    const all = acknowledgements(calls);
    for (const [index, name] of COMMANDS.entries()) {
      const from = all[(answers[index - 1] ?? 0) - 1]?.began ?? 0;
      const until = all[(answers[index] ?? 0) - 1]?.began ?? 0;
      steps.set(name, calls.filter(({ began }) => began > from && began <= until));
    }
  });

  const stepOf = (name: (typeof COMMANDS)[number]): Step => {
    const step = steps.get(name);
    if (step === undefined || step.length === 0) throw new Error(`nothing was traced of “${name}”`);
    return step;
  };

  /** The calls of a step that are about a file or in a directory, as `name` and their outcome, in order, and whether all ended before the answer. */
  const orderOf = (name: (typeof COMMANDS)[number], path: string): string[] => {
    const step = stepOf(name);
    const answer = step.at(-1);
    if (answer === undefined || !isAcknowledgement(answer)) throw new Error(`“${name}” ends without an answer`);
    const mine = step.filter((call) => call !== answer && call.name !== 'openat' && (call.path ?? call.arguments).includes(path));
    for (const call of mine) {
      expect(call.result, `${call.name} of ${path}`).toBeGreaterThanOrEqual(0);
      expect(call.ended, `${call.name} of ${path} against the answer`).toBeLessThan(answer.began);
    }
    for (const [index, call] of mine.entries()) expect(call.began).toBeGreaterThan(mine[index - 1]?.ended ?? -1);
    return mine.map((call) => call.name);
  };

  afterAll(() => {
    steps.clear();
  });

  it('is synchronised before the answer to a write with FUA, and only then', () => {
    expect(orderOf('write with FUA', files.cached)).toEqual(['pwrite64', 'fdatasync']);
    expect(orderOf('write', files.cached)).toEqual(['pwrite64']);
  });

  it('is synchronised before the answer to SYNCHRONIZE CACHE', () => {
    expect(orderOf('synchronize cache', files.cached)).toEqual(['fdatasync']);
  });

  it('is synchronised before the answer to WRITE AND VERIFY, and to any write once the cache is off', () => {
    expect(orderOf('write and verify', files.cached)).toEqual(['pwrite64', 'fdatasync']);
    expect(orderOf('write without cache', files.cached)).toEqual(['pwrite64', 'fdatasync']);
  });

  it('is written to a write-through device through a descriptor that is synchronous itself', () => {
    const writing = stepOf('write through').find(({ name, path }) => name === 'pwrite64' && path === files.through);
    // What locks the file is another descriptor.
    const opened = calls.find(({ name, result, arguments: words }) => name === 'openat' && words.includes(`"${files.through}"`) && `${result}<${files.through}>` === writing?.arguments.split(',')[0]);
    expect(opened?.arguments).toContain('O_DSYNC');
    expect(orderOf('write through', files.through)).toEqual(['pwrite64']);
  });

  it.each([
    ['save a mode page', 'vdev_mode_pages', 'cached'],
    ['register', 'pr', 'cached'],
  ] as const)('is in a whole file under its name, and the name in its directory, before the answer to “%s”', (name, folder, file) => {
    const directory = `${files.state}/${folder}`;
    // The folder is made by the first save, and has to be there after a crash as well.
    const names = orderOf(name, files.state);
    expect(names.slice(0, names.indexOf('write'))).toEqual(expect.arrayContaining(['mkdir', 'fsync']));
    expect(names.slice(names.indexOf('write'))).toEqual(['write', 'fsync', 'rename', 'fsync']);
    const syncs = stepOf(name).filter((call) => call.name === 'fsync').map(({ path }) => path);
    expect(syncs).toEqual([files.state, expect.stringMatching(new RegExp(`^${directory}/${file}\\..*\\.new$`, 'u')), directory]);
  });

  it('covers each of many writes with FUA that are under way at once', () => {
    const from = stepOf('register').at(-1)?.began ?? 0;
    const late = calls.filter(({ began }) => began > from);
    const writes = late.filter(({ name, path }) => name === 'pwrite64' && path === files.cached);
    const syncs = late.filter(({ name, path, result }) => name === 'fdatasync' && path === files.cached && result === 0);
    const answers = acknowledgements(late);
    expect([writes.length, answers.length]).toEqual([16, 16]);
    for (const [index, answer] of answers.entries()) {
      const covered = writes.filter((call) => syncs.some((sync) => sync.began > call.ended && sync.ended < answer.began));
      expect(covered.length).toBeGreaterThanOrEqual(index + 1);
    }
  });
});

/** The server's answer to a SCSI command: its head, and a body that begins with the protocol's mark. */
function isAcknowledgement({ name, arguments: words }: SystemCall): boolean {
  return name === 'writev' && words.includes('"HTTP/1.1 200 OK') && words.includes('"SCR1');
}

function acknowledgements(calls: readonly SystemCall[]): SystemCall[] {
  return calls.filter(isAcknowledgement);
}
