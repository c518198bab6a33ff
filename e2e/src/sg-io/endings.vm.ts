// Workers and processes that end with commands in flight.
// @vm modules sg
// @vm timeout 400
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { cdb, STATUS } from '@scst/scsi';
import { SgDevice } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InFlight } from '../vm/guest/in-flight.js';
import { ownDescriptors } from '../vm/guest/own-descriptors.js';
import { type DebugDevice, ScsiDebug } from '../vm/guest/scsi-debug.js';

/** Ticks of 4 ms: commands are in flight for three seconds. */
const DELAY = 750;
const COMMANDS = 32;
// As it is built: a Worker and a process of its own know nothing of the test runner.
const library = fileURLToPath(new URL('../../../packages/sg-io/dist/index.cjs', import.meta.url));

const program = (path: string, sysfs: string, then: string): string => `
  const { SgDevice } = require(${JSON.stringify(library)});
  const { readFileSync } = require('node:fs');
  const count = (name) => Number(readFileSync(${JSON.stringify(sysfs)} + '/' + name, 'utf8'));
  const inFlight = () => { const done = count('iodone_cnt'); return count('iorequest_cnt') - done; };
  SgDevice.open(${JSON.stringify(path)}).then((device) => {
    const cdb = Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0);
    let ended = 0;
    const before = inFlight();
    for (let n = 0; n < ${COMMANDS}; n++) device.execute({ cdb, dataIn: new Uint8Array(4096) }).then(() => { ended++; });
    const look = setInterval(() => { if (inFlight() - before < ${COMMANDS}) return; clearInterval(look); ${then} }, 5);
    process.on('exit', () => { console.log('ended ' + ended); });
  });
`;
const threads = (): number => readdirSync('/proc/self/task').length;

describe.each(['sg', 'bsg'] as const)('through %s', (kind) => {
  let driver: ScsiDebug;
  let node: DebugDevice;
  beforeAll(async () => {
    driver = await ScsiDebug.load({ dev_size_mb: 8 });
    node = await driver.device();
    await using device = await SgDevice.open(node[kind]);
    for (let attempt = 0; attempt < 8 && (await device.execute({ cdb: cdb.testUnitReady() })).status !== STATUS.GOOD; attempt++);
    await driver.set('delay', DELAY);
  });
  afterAll(async () => {
    await driver[Symbol.asyncDispose]();
  });

  const stillWorks = async (): Promise<void> => {
    await using device = await SgDevice.open(node[kind]);
    expect((await device.execute({ cdb: cdb.read10({ lba: 0, transferLength: 8 }), dataIn: new Uint8Array(4096) })).status).toBe(STATUS.GOOD);
  };

  it('ends a Worker at once, and lets go of the device when its commands have ended', async () => {
    const before = threads();
    const inFlight = await InFlight.of(node.sysfs);
    for (let round = 0; round < 3; round++) {
      const worker = new Worker(program(node[kind], node.sysfs, `require('node:worker_threads').parentPort.postMessage('in flight')`), { eval: true, stdout: true });
      await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      expect(ownDescriptors(node[kind])).toBeGreaterThan(0);
      await worker.terminate();
      // It has not waited for them.
      expect(await inFlight.now()).toBeGreaterThan(0);
      await expect.poll(() => inFlight.now(), { timeout: 30_000 }).toBe(0);
    }
    await expect.poll(() => ownDescriptors(node[kind]), { timeout: 20_000 }).toBe(0);
    await stillWorks();
    await expect.poll(threads, { timeout: 30_000 }).toBeLessThanOrEqual(before + 1);
  });

  const run = (then: string): Promise<{ code: number | null; signal: string | null; output: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['-e', program(node[kind], node.sysfs, then)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code, signal, output });
      });
    });

  it('ends a process that says so, with its own status', async () => {
    expect(await run('process.exit(7)')).toMatchObject({ code: 7, signal: null, output: 'ended 0\n' });
    await stillWorks();
  });

  it('keeps a process alive until its commands have ended', async () => {
    expect(await run('')).toMatchObject({ code: 0, output: `ended ${COMMANDS}\n` });
  });

  it('ends a process that is killed', async () => {
    expect(await run(`process.kill(process.pid, 'SIGKILL')`)).toMatchObject({ code: null, signal: 'SIGKILL' });
    await stillWorks();
  });
});
