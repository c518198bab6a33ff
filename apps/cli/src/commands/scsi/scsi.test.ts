import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../../test/world.js';

const LUN = 'scst_local_tgt/scst_local_host/0';
const BLOCKS = 8192;

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
  await world.ok('device', 'add', 'disk1', '--file', world.file('disk1.img'), '--create', String(BLOCKS * 512));
  await world.ok('lun', 'add', 'scst_local_tgt', 'disk1');
  await world.ok('devices');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const pattern = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff));

describe('what a logical unit says of itself', () => {
  it('is its identity', async () => {
    expect(await world.json('scsi', 'inquiry', LUN)).toMatchObject({ vendorIdentification: 'SCST_FIO', productIdentification: 'disk1', peripheralDeviceType: 0 });
    expect((await world.ok('scsi', 'inquiry', LUN)).stdout).toContain('0x0be0 SAS (no version claimed)');
    const pages = await world.json<{ page: number; name: string; facts: unknown }[]>('scsi', 'vpd', LUN);
    expect(pages.map(({ page }) => page)).toEqual([0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1]);
    expect(pages[1]).toMatchObject({ name: 'Unit Serial Number', facts: 'b8fdbd32' });
    expect((await world.ok('scsi', 'vpd', LUN, '0x83')).stdout).toContain('logical unit: t10-vendor-id SCST_FIO b8fdbd32-disk1');
    expect((await world.ok('scsi', 'vpd', LUN, '0xb0')).stdout).toContain('MAXIMUM TRANSFER LENGTH');
  });

  it('is its capacity and its LUNs', async () => {
    expect(await world.json('scsi', 'capacity', LUN)).toMatchObject({ lastLba: BLOCKS - 1, blockLength: 512, blockCount: BLOCKS, bytes: BLOCKS * 512 });
    expect(await world.json('scsi', 'luns', LUN)).toEqual([{ lun: 0, method: 'peripheral', bytes: '0000000000000000' }]);
  });

  it('is its mode pages, its commands and its reservations', async () => {
    const modes = await world.json<{ pages: { pageCode: number; name: string; facts: unknown }[] }>('scsi', 'modes', LUN, '0x08');
    expect(modes.pages).toMatchObject([{ pageCode: 8, name: 'Caching', facts: { parametersSaveable: true } }]);
    const commands = await world.json<{ opcode: number; name: string }[]>('scsi', 'rsoc', LUN);
    expect(commands).toContainEqual(expect.objectContaining({ opcode: 0x28, name: 'READ(10)' }));
    expect(await world.json('scsi', 'pr-in', LUN)).toEqual({ generation: 0, registrations: [] });
    expect(await world.json('scsi', 'pr-in', LUN, 'reservation')).toEqual({ generation: 0, reservation: null });
    expect(await world.json('scsi', 'pr-in', LUN, 'capabilities')).toMatchObject({ persistThroughPowerLossCapable: true });
  });
});

describe('data', () => {
  it('written from a file is in the image, and is read back and verified', async () => {
    const data = pattern(100 * 512);
    await writeFile(world.file('in.bin'), data);
    expect(await world.json('scsi', 'write', LUN, '--lba', '16', '--input', world.file('in.bin'))).toEqual({ lba: 16, blocks: 100, bytes: data.length });
    await world.ok('scsi', 'sync', LUN);
    expect((await readFile(world.file('disk1.img'))).subarray(16 * 512, 116 * 512).equals(data)).toBe(true);
    expect((await world.run(['scsi', 'read', LUN, '--lba', '0x10', '--blocks', '100'])).bytes.equals(data)).toBe(true);
    await world.ok('scsi', 'read', LUN, '--lba', '16', '--blocks', '100', '--output', world.file('out.bin'));
    expect((await readFile(world.file('out.bin'))).equals(data)).toBe(true);
    expect(await world.json('scsi', 'verify', LUN, '--lba', '16', '--input', world.file('in.bin'))).toEqual({ lba: 16, blocks: 100, compared: true });
    expect((await world.ok('scsi', 'verify', LUN, '--blocks', '8192')).stdout).toBe('8192 blocks can be read\n');
    const run = await world.run(['scsi', 'verify', LUN, '--lba', '17', '--input', world.file('in.bin'), '--json']);
    expect(run.exit).toBe(4);
    expect(run.error()).toMatchObject({ code: 'CHECK_CONDITION', senseKey: 0xe, additionalSenseCode: 0x1d });
  });

  it('comes from standard input, padded only if that was asked for', async () => {
    const refused = await world.run(['scsi', 'write', LUN, '--lba', '200'], { stdin: 'hello' });
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('the input ends with 5 bytes of a block of 512');
    expect((await world.run(['scsi', 'write', LUN, '--lba', '200', '--pad'], { stdin: 'hello' })).exit).toBe(0);
    const { data } = await world.json<{ data: string }>('scsi', 'read', LUN, '--lba', '200');
    expect(Buffer.from(data, 'hex').toString('latin1')).toBe(`hello${'\0'.repeat(507)}`);
    expect((await world.run(['scsi', 'write', LUN])).exit).toBe(2);
  });

  it('is shown in hexadecimal to people', async () => {
    const { stdout } = await world.run(['scsi', 'read', LUN, '--lba', '200'], { terminal: true, env: { NO_COLOR: '1' } });
    expect(stdout.split('\n')[0]).toBe('00000000  68 65 6c 6c 6f 00 00 00  00 00 00 00 00 00 00 00  |hello...........|');
  });

  it('larger than one command is moved in several', async () => {
    const data = pattern(3 * 1024 * 1024);
    await writeFile(world.file('large.bin'), data);
    await world.ok('scsi', 'write', LUN, '--lba', '1000', '--input', world.file('large.bin'));
    expect((await world.run(['scsi', 'read', LUN, '--lba', '1000', '--blocks', '6144'])).bytes.equals(data)).toBe(true);
    await world.ok('scsi', 'read', LUN, '--all', '-o', world.file('all.bin'));
    expect((await readFile(world.file('all.bin'))).equals(await readFile(world.file('disk1.img')))).toBe(true);
  });

  it('beyond the end is refused by the device, and an output file is not touched', async () => {
    await writeFile(world.file('keep.bin'), 'mine');
    const run = await world.run(['scsi', 'read', LUN, '--lba', String(BLOCKS), '-o', world.file('keep.bin'), '--json']);
    expect(run.exit).toBe(4);
    expect(run.error()).toMatchObject({ command: 'READ(10)', statusName: 'CHECK CONDITION', senseKey: 5, additionalSenseCode: 0x21, additionalSenseCodeQualifier: 0 });
    expect(await readFile(world.file('keep.bin'), 'utf8')).toBe('mine');
  });

  it('of a file that has shrunk under the device is a medium error for that read alone', async () => {
    const size = (await stat(world.file('disk1.img'))).size;
    await truncate(world.file('disk1.img'), 4096);
    const run = await world.run(['scsi', 'read', LUN, '--lba', '100', '--json']);
    expect(run.error()).toMatchObject({ code: 'CHECK_CONDITION', senseKey: 3, exit: 4 });
    expect((await world.run(['scsi', 'read', LUN, '--lba', '0'])).exit).toBe(0);
    await truncate(world.file('disk1.img'), size);
    expect((await world.run(['scsi', 'read', LUN, '--lba', '100'])).exit).toBe(0);
  });

  it('stops when it is interrupted', async () => {
    const run = await world.run(['scsi', 'read', LUN, '--all'], { signal: AbortSignal.abort('SIGINT') });
    expect(run.exit).toBe(130);
    expect(run.stderr).toContain('ended by SIGINT');
  });
});

describe('commands as bytes', () => {
  it('show whatever status came', async () => {
    expect(await world.json('scsi', 'raw', LUN, '12', '00', '00', '00', '08', '00', '--in', '96')).toMatchObject({ command: 'INQUIRY', status: 0, residual: 88 });
    const run = await world.run(['scsi', 'raw', LUN, '28 00 ff ff ff ff 00 00 01 00', '--in', '512', '--json']);
    expect(run.exit).toBe(4);
    expect(run.json()).toMatchObject({ status: 2, sense: { text: 'ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)' }, residual: 512 });
    expect(run.error()).toMatchObject({ code: 'SCSI_STATUS', status: 2 });
  });

  it('send data', async () => {
    await world.ok('scsi', 'raw', LUN, '2a 00 00 00 00 05 00 00 01 00', '--data', 'ab'.repeat(512));
    expect((await world.run(['scsi', 'read', LUN, '--lba', '5'])).bytes.equals(Buffer.alloc(512, 0xab))).toBe(true);
  });

  it.each([[['00']], [['zz zz']], [['00 00 00 00 00 00', '--data', '00', '--out', 'x']]])('%j is no command', async (words) => {
    expect((await world.run(['scsi', 'raw', LUN, ...words])).exit).toBe(2);
  });

  it('are explained without an SCST', async () => {
    const { stdout } = await world.ok('scsi', 'explain', '28 00 00 00 10 00 00 00 08 00');
    expect(stdout).toMatch(/^READ\(10\), data in\n/u);
    expect(stdout).toMatch(/LOGICAL BLOCK ADDRESS +4096 \(0x1000\)/u);
    expect(await world.json('scsi', 'explain', '--sense', '70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 c0 00 02')).toMatchObject({
      senseKey: 5,
      additionalSenseCode: 0x24,
      text: 'ILLEGAL REQUEST, INVALID FIELD IN CDB (5/24/00)',
    });
  });
});

describe('readiness', () => {
  it('is told, and a unit attention is an answer and no error to pass over', async () => {
    expect((await world.ok('scsi', 'tur', LUN)).stdout).toBe('ready\n');
    await world.ok('reset', LUN);
    const run = await world.run(['scsi', 'tur', LUN, '--json']);
    expect(run.exit).toBe(4);
    expect(run.error()).toMatchObject({ senseKey: 6, additionalSenseCode: 0x29 });
    expect((await world.ok('scsi', 'tur', LUN)).stdout).toBe('ready\n');
    expect((await world.ok('get', 'targets/scst_local/stats')).stdout).toContain('Device Resets: 1');
    await world.ok('reset', LUN, '--target');
    const read = await world.run(['scsi', 'read', LUN]);
    expect([read.exit, read.bytes.length]).toEqual([0, 512]);
    expect(read.stderr).toContain('passed over UNIT ATTENTION');
    expect((await world.ok('scsi', 'sense', LUN)).stdout).toBe('NO SENSE (0/00/00)\n');
  });

  it('of a LUN that is not there is LOGICAL UNIT NOT SUPPORTED', async () => {
    const run = await world.run(['scsi', 'tur', 'scst_local_tgt/scst_local_host/77', '--json']);
    expect(run.error()).toMatchObject({ code: 'CHECK_CONDITION', senseKey: 5, additionalSenseCode: 0x25, exit: 4 });
  });

  it.each([['scst_local_tgt/scst_local_host'], ['scst_local_tgt/scst_local_host/x'], ['nothing']])('%s is no address of a LUN', async (address) => {
    expect((await world.run(['scsi', 'tur', address])).exit).toBe(2);
  });
});
