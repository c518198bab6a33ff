import { spawnSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, startProcess, startProgram } from './test/child.js';
import { PROGRAM } from './test/program-path.js';
import { temporaryDirectory } from './test/temporary.js';

afterEach(endAll);

const ID = '060000005feede401fade050000000000000000000000000';
const PART = 'standard output took only a part of what was printed';

/** Runs the program with a full device for standard output. */
const runFull = (...words: readonly string[]): { exit: number | null; stderr: string } => {
  const full = openSync('/dev/full', 'w');
  try {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    return { exit: status, stderr };
  } finally {
    closeSync(full);
  }
};

describe('standard output that is full', () => {
  it.each([[['--help']], [['man']], [['transport-id', 'decode', ID]], [['completion', 'bash']]])('makes %j fail in one line', (words) => {
    const { exit, stderr } = runFull(...words);
    expect([exit, stderr]).toEqual([1, `scst-local: ${PART}: ENOSPC: no space left on device, write\n`]);
  });

  it('is an error in JSON too', () => {
    const { exit, stderr } = runFull('transport-id', 'decode', ID, '--json');
    expect([exit, JSON.parse(stderr)]).toEqual([1, { error: { code: 'OUTPUT', message: expect.stringContaining(PART) as string, exit: 1 } }]);
  });

  it('leaves the status of what has failed before', () => {
    expect(runFull('device', 'add').exit).toBe(2);
  });

  it('at a limit of the file’s size is an error, where Node.js itself would drop the rest', async () => {
    await using place = await temporaryDirectory();
    const shell = startProcess('bash', ['-c', `ulimit -f 4; exec ${process.execPath} ${PROGRAM} man > ${place.file('page')}`]);
    expect([await shell.ended, shell.stderr()]).toEqual([1, `scst-local: ${PART}: EFBIG: file too large, write\n`]);
  });
});

describe('a FIFO that nobody writes', () => {
  it.each([[['config', 'check', '--offline']], [['config', 'parse']], [['serve', '--config']]])('does not keep %j from ending at a signal', async (words) => {
    await using place = await temporaryDirectory();
    expect(spawnSync('mkfifo', [place.file('fifo')]).status).toBe(0);
    const places = words[0] === 'serve' ? ['--socket', place.file('socket'), '--state', place.file('state')] : [];
    const child = startProgram([...words, place.file('fifo'), ...places]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.process.kill('SIGINT');
    expect([await child.ended, child.stderr()]).toEqual([130, 'scst-local: ended by SIGINT\n']);
  });
});
