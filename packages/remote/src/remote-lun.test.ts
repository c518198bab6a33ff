import { TransportError, type CommandRequest, type LogicalUnit } from '@scst/scsi';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeUnit, good, untilAborted } from './testing/fake-unit.js';
import { pair, type Pair } from './testing/fixture.js';
import type { ServerLimits } from './server/limits.js';

let open: Pair | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const unitBehind = async (unit: LogicalUnit, limits: ServerLimits = {}): Promise<LogicalUnit> => {
  open = await pair({ luns: (target, session, lun) => (target === 't' && session === 's/1' && lun === 0 ? unit : undefined) }, limits);
  return await open.remote.lun('t', 's/1', 0);
};

const TEST_UNIT_READY = new Uint8Array(6);

describe('a logical unit behind a socket', () => {
  it('moves everything of a command and its result', async () => {
    const unit = new FakeUnit((request) => {
      request.dataIn?.set([1, 2, 3]);
      return Promise.resolve({ status: 2, sense: Uint8Array.of(0x70, 0, 5), residual: -512, dataIn: request.dataIn?.subarray(0, 3) ?? new Uint8Array() });
    });
    const remote = await unitBehind(unit);
    expect(remote.description).toBe('fake/session/0');
    const dataIn = new Uint8Array(8);
    const cdb = Uint8Array.from({ length: 32 }, (_, index) => index);
    const result = await remote.execute({ cdb, dataOut: Uint8Array.of(9, 8, 7), dataIn, attribute: 'head-of-queue', timeout: 1500 });
    expect(result).toEqual({ status: 2, sense: Uint8Array.of(0x70, 0, 5), residual: -512, dataIn: Uint8Array.of(1, 2, 3) });
    expect(result.dataIn.buffer).toBe(dataIn.buffer);
    const [request] = unit.requests;
    expect(request).toMatchObject({ cdb, attribute: 'head-of-queue', timeout: 1500 });
    expect([...(request?.dataOut ?? [])]).toEqual([9, 8, 7]);
    expect(request?.dataIn?.length).toBe(8);
  });

  it('has no buffers and no timeout where there were none', async () => {
    const unit = new FakeUnit();
    const remote = await unitBehind(unit);
    expect(await remote.execute({ cdb: TEST_UNIT_READY })).toEqual(good());
    expect(unit.requests[0]).toMatchObject({ dataOut: undefined, dataIn: undefined, timeout: undefined, attribute: 'simple' });
  });

  it('moves large data both ways', async () => {
    const unit = new FakeUnit(({ dataOut, dataIn }) => {
      dataIn?.set(dataOut ?? []);
      return Promise.resolve(good({ dataIn: dataIn ?? new Uint8Array() }));
    });
    const remote = await unitBehind(unit);
    const dataOut = Uint8Array.from({ length: 3_000_001 }, (_, index) => index % 251);
    const { dataIn } = await remote.execute({ cdb: TEST_UNIT_READY, dataOut, dataIn: new Uint8Array(dataOut.length) });
    expect(Buffer.compare(dataIn, dataOut)).toBe(0);
  });

  it('has many commands in flight at a time, and answers them in any order', async () => {
    const waiting: (() => void)[] = [];
    const unit = new FakeUnit(({ cdb }) => new Promise((resolve) => waiting.push(() => { resolve(good({ residual: cdb[1] ?? 0 })); })));
    const remote = await unitBehind(unit);
    const commands = Array.from({ length: 48 }, (_, index) => remote.execute({ cdb: Uint8Array.of(0, index, 0, 0, 0, 0) }));
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(48);
    for (const answer of waiting.reverse()) answer();
    expect((await Promise.all(commands)).map((result) => result.residual)).toEqual(Array.from({ length: 48 }, (_, index) => index));
  });

  it('aborts a task, which has ended when the call rejects', async () => {
    let ended = 0;
    const unit = new FakeUnit(async (request) => {
      try {
        return await untilAborted(request);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ended += 1;
      }
    });
    const remote = await unitBehind(unit);
    const controller = new AbortController();
    const command = remote.execute({ cdb: TEST_UNIT_READY, signal: controller.signal });
    await expect.poll(() => unit.requests.length).toBe(1);
    controller.abort();
    const error = await command.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'ABORTED' });
    expect(ended).toBe(1);
    await expect(remote.execute({ cdb: TEST_UNIT_READY, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(unit.requests.length).toBe(1);
  });

  it('aborts a task whose abort overtakes it', async () => {
    const unit = new FakeUnit(untilAborted);
    const remote = await unitBehind(unit);
    const controller = new AbortController();
    const command = remote.execute({ cdb: TEST_UNIT_READY, dataOut: new Uint8Array(2_000_000), signal: controller.signal });
    controller.abort();
    await expect(command).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('aborts what a client that has gone away left in flight, and closes what it held open', async () => {
    const unit = new FakeUnit(untilAborted);
    const remote = await unitBehind(unit);
    const command = expect(remote.execute({ cdb: TEST_UNIT_READY })).rejects.toMatchObject({ code: 'FAILED' });
    await expect.poll(() => unit.requests.length).toBe(1);
    await open?.remote.close();
    await command;
    await expect.poll(() => unit.requests[0]?.signal?.aborted).toBe(true);
    await expect.poll(() => unit.closed).toBe(1);
    expect(open?.server.openHandles).toBe(0);
  });

  it('passes transport errors, resets and closing on', async () => {
    const unit = new FakeUnit(() => Promise.reject(new TransportError('TIMEOUT', 'no answer of the device')));
    const remote = await unitBehind(unit);
    await expect(remote.execute({ cdb: TEST_UNIT_READY })).rejects.toMatchObject({ code: 'TIMEOUT', message: 'no answer of the device' });
    await remote.reset('lun');
    await remote.reset('target');
    expect(unit.resets).toEqual(['lun', 'target']);
    await remote.close();
    await remote.close();
    expect(unit.closed).toBe(1);
    await expect(remote.execute({ cdb: TEST_UNIT_READY })).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(remote.reset('lun')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('gives up on a device that does not, some time after the command’s own timeout', async () => {
    const unit = new FakeUnit(() => new Promise(() => undefined));
    const remote = await unitBehind(unit, { drainTimeout: 10 });
    await expect(remote.execute({ cdb: TEST_UNIT_READY, timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('tells that there is no such logical unit', async () => {
    await unitBehind(new FakeUnit());
    await expect(open?.remote.lun('t', 's/1', 1)).rejects.toMatchObject({ code: 'GONE' });
    await open?.close();
    open = await pair();
    await expect(open.remote.lun('t', 's', 0)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('refuses commands that are too large before they travel', async () => {
    const unit = new FakeUnit();
    const remote = await unitBehind(unit, { data: 1000 });
    await remote.execute({ cdb: TEST_UNIT_READY, dataOut: new Uint8Array(1000), dataIn: new Uint8Array(1000) });
    for (const request of [{ cdb: TEST_UNIT_READY, dataOut: new Uint8Array(1001) }, { cdb: TEST_UNIT_READY, dataIn: new Uint8Array(1001) }, { cdb: new Uint8Array(261) }, { cdb: new Uint8Array() }]) {
      await expect(remote.execute(request)).rejects.toMatchObject({ code: 'REFUSED' });
    }
    expect(unit.requests.length).toBe(1);
  });

  it('lets commands wait whose data would exceed the total, in both directions at once', async () => {
    const running: CommandRequest[] = [];
    let most = 0;
    const unit = new FakeUnit(async (request) => {
      running.push(request);
      most = Math.max(most, running.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running.splice(running.indexOf(request), 1);
      return good({ dataIn: request.dataIn ?? new Uint8Array() });
    });
    const remote = await unitBehind(unit, { data: 1000, totalData: 3000 });
    const commands = Array.from({ length: 24 }, () => remote.execute({ cdb: TEST_UNIT_READY, dataOut: new Uint8Array(900), dataIn: new Uint8Array(900) }));
    await Promise.all(commands);
    expect(unit.requests.length).toBe(24);
    expect(most).toBeLessThanOrEqual(3);
  });
});
