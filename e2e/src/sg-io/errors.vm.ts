// What goes wrong with commands: injected errors, timeouts, aborts, resets, removal. On a disk of scsi_debug.
// @vm modules sg
// @vm timeout 400
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cdb, decodeSense, SENSE_KEY, STATUS, TransportError } from '@scst/scsi';
import { DRIVER_STATUS, HOST_STATUS, hostStatusName, SgDevice } from '@scst/sg-io';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InFlight } from '../vm/guest/in-flight.js';
import { type DebugDevice, ScsiDebug } from '../vm/guest/scsi-debug.js';

/** SDEBUG_OPT_* of scsi_debug, which each act on every nth command. */
const OPTION = { MEDIUM_ERROR: 2, TIMEOUT: 4, RECOVERED_ERROR: 8, TRANSPORT_ERROR: 16, SHORT_TRANSFER: 0x100 } as const;
/** The block whose reading fails with OPTION.MEDIUM_ERROR. */
const BAD_BLOCK = 0x1234;
/** Ticks of the kernel's clock: a command of this delay is in flight long enough to be met there. */
const [TICKS_PER_SECOND, LONG] = [250, 125];

const read = (lba: number) => ({ cdb: cdb.read10({ lba, transferLength: 1 }), dataIn: new Uint8Array(512).fill(0xa5) });
const settled = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe.each(['sg', 'bsg'] as const)('through %s', (kind) => {
  let driver: ScsiDebug;
  let node: DebugDevice;
  let device: SgDevice;

  beforeAll(async () => {
    driver = await ScsiDebug.load({ dev_size_mb: 8 });
    node = await driver.device();
    device = await SgDevice.open(node[kind]);
  });
  beforeEach(async () => {
    for (const [attribute, value] of [['every_nth', 0], ['opts', 0], ['delay', 0]] as const) await driver.set(attribute, value);
    for (let attempt = 0; attempt < 8 && (await device.execute({ cdb: cdb.testUnitReady() })).status !== STATUS.GOOD; attempt++);
  });
  afterAll(async () => {
    await device.close();
    await driver[Symbol.asyncDispose]();
  });

  it('says which node and driver it is', () => {
    expect([device.path, device.description, device.kind]).toEqual([node[kind], node[kind], kind]);
  });

  it('keeps the three statuses, sense, residual and duration apart', async () => {
    const good = await device.send({ cdb: cdb.inquiry({ allocationLength: 96 }), dataIn: new Uint8Array(512) });
    expect([good.status, good.hostStatus, good.driverStatus, good.sense.length, good.residual]).toEqual([0, 0, 0, 0, 512 - good.dataIn.length]);
    expect(Buffer.from(good.dataIn.subarray(8, 32)).toString('latin1')).toBe('Linux   scsi_debug      ');
    await driver.set('delay', LONG);
    const slow = await device.send(read(0));
    // Bsg leaves the field at 0.
    if (kind === 'sg') expect(slow.duration).toBeGreaterThan(((LONG / TICKS_PER_SECOND) * 1000) / 2);
    const bad = await device.send({ cdb: cdb.read16({ lba: 2n ** 40n, transferLength: 1 }), dataIn: new Uint8Array(512) });
    expect([bad.status, bad.hostStatus]).toEqual([STATUS.CHECK_CONDITION, HOST_STATUS.OK]);
    if (kind === 'sg') expect(bad.driverStatus & 0x0f).toBe(DRIVER_STATUS.SENSE);
    expect(decodeSense(bad.sense).senseKey).toBe(SENSE_KEY.ILLEGAL_REQUEST);
  });

  it('gives a medium error, with what is on the other blocks', async () => {
    await driver.set('opts', OPTION.MEDIUM_ERROR);
    const result = await device.execute(read(BAD_BLOCK));
    const sense = decodeSense(result.sense);
    expect([result.status, sense.senseKey, sense.additionalSenseCode, sense.information]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.MEDIUM_ERROR, 0x11, BigInt(BAD_BLOCK)]);
    expect((await device.execute(read(BAD_BLOCK - 1))).status).toBe(STATUS.GOOD);
  });

  it('gives the data of a recovered error', async () => {
    const content = new Uint8Array(512).fill(0x3c);
    await device.execute({ cdb: cdb.write10({ lba: 5, transferLength: 1 }), dataOut: content });
    await driver.set('opts', OPTION.RECOVERED_ERROR);
    await driver.set('every_nth', 1);
    const result = await device.execute(read(5));
    expect([result.status, decodeSense(result.sense).senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.RECOVERED_ERROR]);
    expect(Buffer.from(result.dataIn).equals(content)).toBe(true);
  });

  it('gives a transport error that the device reports as a result', async () => {
    await driver.set('delay', 1);
    await driver.set('opts', OPTION.TRANSPORT_ERROR);
    await driver.set('every_nth', 1);
    const result = await device.execute(read(5));
    expect([result.status, decodeSense(result.sense).senseKey]).toEqual([STATUS.CHECK_CONDITION, SENSE_KEY.ABORTED_COMMAND]);
  });

  it('counts a short transfer as residual, and leaves the rest of the buffer as it was', async () => {
    await driver.set('opts', OPTION.SHORT_TRANSFER);
    await driver.set('every_nth', 1);
    const request = { cdb: cdb.read10({ lba: 0, transferLength: 2 }), dataIn: new Uint8Array(1024).fill(0xa5) };
    const result = await device.execute(request);
    expect(result.residual).toBeGreaterThan(0);
    expect(result.dataIn.length).toBe(1024 - result.residual);
    expect(request.dataIn.subarray(result.dataIn.length).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('times a command out', async () => {
    await driver.set('opts', OPTION.TIMEOUT);
    await driver.set('every_nth', 1);
    const started = performance.now();
    const error = await settled(device.execute({ ...read(0), timeout: 300 }));
    const took = performance.now() - started;
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('DID_TIME_OUT') as string });
    expect(took).toBeGreaterThanOrEqual(300);
    const raw = await device.send({ ...read(0), timeout: 300 });
    expect(hostStatusName(raw.hostStatus)).toBe('DID_TIME_OUT');
  });

  it('rejects at once when aborted in flight, and leaves the buffer alone when the command ends after all', async () => {
    await driver.set('delay', 4 * LONG);
    const inFlight = await InFlight.of(node.sysfs);
    const controller = new AbortController();
    const request = read(7);
    const aborted = settled(device.execute({ ...request, signal: controller.signal }));
    await inFlight.reaches(1);
    controller.abort(new Error('no longer wanted'));
    expect(await aborted).toMatchObject({ code: 'ABORTED', cause: { message: 'no longer wanted' } });
    // The command itself goes on.
    expect(await inFlight.now()).toBe(1);
    // As the next command shows, the one before it has ended.
    await device.execute({ ...read(8), attribute: 'ordered' });
    expect(request.dataIn.every((byte) => byte === 0xa5)).toBe(true);
  });

  it('never sends a command that was aborted while it waited', async () => {
    const shallow = await SgDevice.open(node[kind], { depth: 1 });
    const content = new Uint8Array(512).fill(0x77);
    await shallow.execute({ cdb: cdb.write10({ lba: 9, transferLength: 1 }), dataOut: content });
    await driver.set('delay', LONG);
    const controller = new AbortController();
    const first = shallow.execute(read(9));
    const second = settled(shallow.execute({ cdb: cdb.write10({ lba: 9, transferLength: 1 }), dataOut: new Uint8Array(512), signal: controller.signal }));
    controller.abort();
    expect(await second).toMatchObject({ code: 'ABORTED' });
    await first;
    expect(Buffer.from((await shallow.execute(read(9))).dataIn).equals(content)).toBe(true);
    await shallow.close();
  });

  it('keeps the order of an ordered command', async () => {
    await driver.set('delay', LONG);
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    await Promise.all([
      device.execute(read(1)).then(note('before')),
      device.execute({ ...read(1), attribute: 'ordered' }).then(note('ordered')),
      device.execute(read(2)).then(note('after')),
    ]);
    expect(order).toEqual(['before', 'ordered', 'after']);
  });

  it('refuses what the kernel cannot do', async () => {
    const block = new Uint8Array(512);
    await expect(device.execute({ cdb: new Uint8Array(5) })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(device.execute({ cdb: cdb.testUnitReady(), dataIn: block, dataOut: block })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(device.execute({ cdb: cdb.testUnitReady(), attribute: 'aca' })).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(device.execute({ cdb: cdb.testUnitReady(), timeout: 0 })).rejects.toMatchObject({ code: 'REFUSED' });
    const long = new Uint8Array(200);
    long[0] = 0x7f;
    long[7] = 192;
    await expect(device.execute({ cdb: long })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(() => device.executeSync({ cdb: new Uint8Array(0) })).toThrow(TransportError);
  });

  it('refuses a buffer that was transferred, and gives no data to one that is transferred in flight', async () => {
    const gone = new Uint8Array(512);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect((await device.execute({ cdb: cdb.testUnitReady(), dataIn: gone })).status).toBe(STATUS.GOOD);
    await driver.set('delay', 4 * LONG);
    const inFlight = await InFlight.of(node.sysfs);
    const request = read(0);
    const failed = settled(device.execute(request));
    await inFlight.reaches(1);
    const moved = structuredClone(request.dataIn.buffer, { transfer: [request.dataIn.buffer] });
    expect(await failed).toMatchObject({ code: 'FAILED', message: expect.stringContaining('transferred or resized') as string });
    expect(new Uint8Array(moved).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('does the same on the calling thread', async () => {
    const content = Uint8Array.from({ length: 512 }, (_, at) => at & 0xff);
    expect(device.executeSync({ cdb: cdb.write10({ lba: 11, transferLength: 1 }), dataOut: content }).status).toBe(STATUS.GOOD);
    const { dataIn } = device.executeSync(read(11));
    expect(Buffer.from(dataIn).equals(content)).toBe(true);
    await driver.set('opts', OPTION.TIMEOUT);
    await driver.set('every_nth', 1);
    expect(() => device.executeSync({ ...read(0), timeout: 200 })).toThrow(expect.objectContaining({ code: 'TIMEOUT' }) as Error);
    expect(device.sendSync({ ...read(0), timeout: 200 }).hostStatus).toBe(HOST_STATUS.TIME_OUT);
  });

  // After a reset of more than a target the kernel leaves the host alone for ten seconds, so once is enough.
  it.each(kind === 'sg' ? (['lun', 'target', 'bus', 'host'] as const) : (['lun', 'target'] as const))('resets the %s, which the next command is told of', async (what) => {
    await device.reset(what);
    const result = await device.execute({ cdb: cdb.testUnitReady() });
    expect(result.status).toBe(STATUS.CHECK_CONDITION);
    expect(decodeSense(result.sense)).toMatchObject({ senseKey: SENSE_KEY.UNIT_ATTENTION, additionalSenseCode: 0x29 });
  });

  it('ends each command once that a reset of the lun meets in flight, and none with another’s data', async () => {
    const deep = await SgDevice.open(node[kind], { depth: 32 });
    const pattern = (lba: number): number => (lba * 13 + 5) & 0xff;
    for (let lba = 0; lba < 32; lba++) await deep.execute({ cdb: cdb.write10({ lba, transferLength: 1 }), dataOut: new Uint8Array(512).fill(pattern(lba)) });
    await driver.set('delay', 4 * LONG);
    const inFlight = await InFlight.of(node.sysfs);
    let ended = 0;
    const reads = Array.from({ length: 32 }, (_, lba) => settled(deep.execute(read(lba))).finally(() => ended++));
    await inFlight.reaches(1);
    await deep.reset('lun');
    const outcomes = await Promise.all(reads);
    expect(ended).toBe(32);
    for (const [lba, outcome] of outcomes.entries()) {
      if (outcome instanceof TransportError) continue;
      const { status, dataIn } = outcome as Awaited<ReturnType<SgDevice['execute']>>;
      if (status === STATUS.GOOD) expect(dataIn.every((byte) => byte === pattern(lba))).toBe(true);
    }
    await driver.set('delay', 0);
    for (let attempt = 0; attempt < 8 && (await deep.execute({ cdb: cdb.testUnitReady() })).status !== STATUS.GOOD; attempt++);
    expect((await deep.execute(read(3))).dataIn.every((byte) => byte === pattern(3))).toBe(true);
    await deep.close();
  });

  it('moves thousands of blocks, far more at a time than the kernel takes, each to its place', async () => {
    const many = await SgDevice.open(node[kind], { depth: 100 });
    const pattern = (lba: number): Uint8Array => new Uint8Array(512).fill((lba * 31 + 7) & 0xff);
    const COUNT = 4000;
    const writes = Array.from({ length: COUNT }, (_, lba) => many.execute({ cdb: cdb.write10({ lba, transferLength: 1 }), dataOut: pattern(lba) }));
    for (const { status } of await Promise.all(writes)) expect(status).toBe(STATUS.GOOD);
    const reads = await Promise.all(Array.from({ length: COUNT }, (_, lba) => many.execute(read(lba))));
    for (const [lba, { dataIn }] of reads.entries()) if (!Buffer.from(dataIn).equals(pattern(lba))) expect.fail(`block ${lba} holds another's data`);
    await many.close();
  });

  it('has as many commands in flight as it was told to', async () => {
    const DEPTH = 64;
    const deep = await SgDevice.open(node[kind], { depth: DEPTH });
    await driver.set('delay', 8 * LONG);
    const inFlight = await InFlight.of(node.sysfs);
    const reads = Promise.all(Array.from({ length: DEPTH }, (_, lba) => deep.execute(read(lba))));
    await inFlight.reaches(DEPTH);
    await reads;
    await deep.close();
  });

  // Last: the device is another one afterwards.
  it('says that the device is gone when it is removed with commands in flight', async () => {
    await driver.set('delay', 4 * LONG);
    const inFlight = await InFlight.of(node.sysfs);
    const reads = Array.from({ length: 100 }, (_, lba) => settled(device.execute(read(lba))));
    await inFlight.reaches(1);
    await writeFile(join(node.sysfs, 'delete'), '1');
    const outcomes = await Promise.all(reads);
    const errors = outcomes.filter((outcome) => outcome instanceof TransportError);
    expect(outcomes.length - errors.length + errors.filter(({ code }) => code === 'GONE' || code === 'FAILED').length).toBe(100);
    // While a device is being removed, the kernel ends what is sent to it with DID_ERROR; which of the two comes is a matter of the moment.
    expect(errors.length).toBeGreaterThan(0);
    await expect(device.execute({ cdb: cdb.testUnitReady() })).rejects.toMatchObject({ code: 'GONE' });
    await expect(SgDevice.open(node[kind])).rejects.toMatchObject({ code: 'NO_DEVICE' });
    await device.close();
  });
});
