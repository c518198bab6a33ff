// The descriptors that a device's commands have: one each where it can be had.
// @vm modules sg
// @vm timeout 200
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cdb, type CommandResult, STATUS } from '@scst/scsi';
import { SgDevice } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownDescriptors } from '../vm/guest/own-descriptors.js';
import { type DebugDevice, ScsiDebug } from '../vm/guest/scsi-debug.js';

const run = promisify(execFile);
/** Ticks of 4 ms: commands are in flight for half a second. */
const DELAY = 125;
/** What all devices of a process may have beyond what they cannot do without, and how many commands the kernel takes on one. */
const [EXTRA, PER_DESCRIPTOR] = [256, 16];
const library = fileURLToPath(new URL('../../../packages/sg-io/dist/index.cjs', import.meta.url));

const least = (depth: number): number => Math.ceil((depth + 1) / PER_DESCRIPTOR);

describe('descriptors', () => {
  let driver: ScsiDebug;
  let node: DebugDevice;
  beforeAll(async () => {
    driver = await ScsiDebug.load({ dev_size_mb: 8 });
    node = await driver.device();
    await using device = await SgDevice.open(node.sg);
    for (let attempt = 0; attempt < 8 && (await device.execute({ cdb: cdb.testUnitReady() })).status !== STATUS.GOOD; attempt++);
    await driver.set('delay', DELAY);
  });
  afterAll(async () => {
    await driver[Symbol.asyncDispose]();
  });

  const reads = (device: SgDevice, count: number): Promise<CommandResult[]> =>
    Promise.all(Array.from({ length: count }, (_, lba) => device.execute({ cdb: cdb.read10({ lba, transferLength: 1 }), dataIn: new Uint8Array(512) })));
  const good = (results: readonly CommandResult[]): boolean => results.every(({ status }) => status === STATUS.GOOD);

  it('come with the commands under way, stay for the next, and go with the device', async () => {
    const device = await SgDevice.open(node.sg, { depth: 100 });
    expect(ownDescriptors(node.sg)).toBe(least(100));
    const first = reads(device, 40);
    expect(ownDescriptors(node.sg)).toBe(40);
    expect(good(await first)).toBe(true);
    expect(good(await reads(device, 40))).toBe(true);
    expect(ownDescriptors(node.sg)).toBe(40);
    await device.close();
    expect(ownDescriptors(node.sg)).toBe(0);
  });

  it('are one on bsg', async () => {
    await using device = await SgDevice.open(node.bsg, { depth: 100 });
    expect(good(await reads(device, 40))).toBe(true);
    expect(ownDescriptors(node.bsg)).toBe(1);
  });

  it('are not more than a process can spare, and are free for the next device', async () => {
    for (let round = 0; round < 2; round++) {
      await using one = await SgDevice.open(node.sg, { depth: 200 });
      await using other = await SgDevice.open(node.sg, { depth: 200 });
      const commands = [reads(one, 200), reads(other, 200)];
      expect(ownDescriptors(node.sg)).toBe(EXTRA + 2 * least(200));
      for (const results of await Promise.all(commands)) expect(good(results)).toBe(true);
    }
  });

  it('are shared where the process may open no others', async () => {
    const program = `
      const { SgDevice } = require(${JSON.stringify(library)});
      SgDevice.open(${JSON.stringify(node.sg)}).then(async (device) => {
        const cdb = Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0);
        const results = await Promise.all(Array.from({ length: 64 }, () => device.execute({ cdb, dataIn: new Uint8Array(512) })));
        await device.close();
        console.log(results.filter(({ status }) => status === 0).length);
      });`;
    const { stdout } = await run('sh', ['-c', 'ulimit -n 48; exec "$0" -e "$1"', process.execPath, program]);
    expect(stdout).toBe('64\n');
  });

  it('leave one for a command on the calling thread', async () => {
    await using device = await SgDevice.open(node.sg, { depth: PER_DESCRIPTOR });
    const commands = reads(device, PER_DESCRIPTOR);
    expect(device.executeSync({ cdb: cdb.testUnitReady() }).status).toBe(STATUS.GOOD);
    expect(good(await commands)).toBe(true);
  });
});
