import { request } from 'node:http';
import { type Scst } from '@scst/local';
import { cdb, type CommandRequest, type LogicalUnit, read, ScsiError, STATUS, testUnitReady, TransportError, write } from '@scst/scsi';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BLOCK, blockOf, sequenceOf } from './ledger.js';
import { type ServerProcess } from './server-process.js';
import { exportFile, TARGET, Workplace } from './workplace.js';

const MIB = 1024 * 1024;

let place: Workplace;
let server: ServerProcess;
let scst: Scst;

beforeAll(async () => {
  place = await Workplace.create();
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

beforeEach(async () => {
  server = await place.serve();
  scst = await place.connect();
});

afterEach(async () => {
  await scst.close();
  // Whatever a test has done to it, a server ends cleanly and leaves nothing to be killed.
  expect(await server.stop()).toBe(0);
});

const openQuiet = async (client: Scst, session: string, number: number): Promise<LogicalUnit> => {
  const lun = await client.driver().target(TARGET).session(session).open(number);
  for (let attempt = 0; attempt < 5; attempt++) await testUnitReady(lun).catch(() => undefined);
  return lun;
};

/** Makes devices `d0` … and sessions `i0` …, every session seeing every device. */
const populate = async (devices: number, sessions: number): Promise<void> => {
  for (let index = 0; index < devices; index++) await exportFile(scst, `d${index}`, await place.file(`d${index}.img`, MIB), index);
  for (let index = 0; index < sessions; index++) await scst.driver().target(TARGET).addSession(`i${index}`);
};

/** Fails a test whose work hangs, and says so. */
const inTime = async <T>(work: Promise<T>, milliseconds = 10_000): Promise<T> => {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => { reject(new Error(`not done after ${milliseconds} ms`)); }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(limit);
  }
};

/** The status of a command; undefined for one that was aborted, which has none. */
const statusOf = async (lun: LogicalUnit, command: CommandRequest): Promise<number | undefined> => {
  try {
    return (await lun.execute(command)).status;
  } catch (error) {
    if (error instanceof TransportError && error.code === 'ABORTED') return undefined;
    throw error;
  }
};

const numberOf = async (session: string, attribute: string): Promise<number> => Number(await scst.driver().target(TARGET).session(session).attributes.get(attribute));

describe('many at once', () => {
  it('each find what they wrote, and the sessions’ counters add up', async () => {
    const [devices, sessions, rounds] = [4, 6, 12];
    await populate(devices, sessions);
    const clients = await Promise.all(Array.from({ length: sessions }, () => place.connect()));
    const before = await Promise.all(clients.map((_, index) => numberOf(`i${index}`, 'write_cmd_count')));
    let answers = 0;
    await inTime(
      Promise.all(
        clients.flatMap((client, session) =>
          Array.from({ length: devices }, async (_, device) => {
            const lun = await openQuiet(client, `i${session}`, device);
            await Promise.all(
              Array.from({ length: rounds }, async (_nothing, round) => {
                const lba = session * 64 + round;
                await write(lun, { lba, data: blockOf(lba, round + 1), blockLength: BLOCK });
                answers += 1;
                expect(sequenceOf(lba, await read(lun, { lba, blocks: 1, blockLength: BLOCK }))).toBe(round + 1);
              }),
            );
            await lun.close();
          }),
        ),
      ),
    );
    expect(answers).toBe(devices * sessions * rounds);
    for (const [index] of clients.entries()) {
      expect((await numberOf(`i${index}`, 'write_cmd_count')) - (before[index] ?? 0)).toBe(devices * rounds);
      expect(await numberOf(`i${index}`, 'active_commands')).toBe(0);
      expect(await scst.driver().target(TARGET).session(`i${index}`).uses()).toEqual([]);
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  it('are not disturbed by clients that vanish in the middle of a command', async () => {
    await populate(1, 2);
    const steady = await openQuiet(scst, 'i0', 0);
    for (let round = 0; round < 5; round++) {
      const client = await place.connect();
      const lun = await openQuiet(client, 'i1', 0);
      const commands = Array.from({ length: 32 }, (_, index) => write(lun, { lba: index, data: blockOf(index, 1), blockLength: BLOCK, fua: true }).then(() => 'done', (error: unknown) => error));
      await client.close();
      const outcomes = await inTime(Promise.all(commands));
      for (const outcome of outcomes) expect(outcome === 'done' || outcome instanceof TransportError, String(outcome)).toBe(true);
      await inTime(write(steady, { lba: 100, data: blockOf(100, round + 1), blockLength: BLOCK }));
    }
    await inTime(cutMidBody());
    await expect.poll(() => numberOf('i1', 'active_commands'), { timeout: 5000 }).toBe(0);
    await expect.poll(() => scst.driver().target(TARGET).session('i1').uses(), { timeout: 5000 }).toEqual([]);
  });

  it('get an answer each when the device goes away under them, and the device comes back new', async () => {
    await populate(1, 3);
    const luns = await Promise.all([0, 1, 2].map((index) => openQuiet(scst, `i${index}`, 0)));
    let [started, ended, good] = [0, 0, 0];
    let stop = false;
    const work = luns.flatMap((lun, part) =>
      Array.from({ length: 4 }, async (_, writer) => {
        while (!stop) {
          const lba = part * 100 + writer;
          started += 1;
          const status = await statusOf(lun, { cdb: cdb.write10({ lba, transferLength: 1 }), dataOut: blockOf(lba, 1) });
          ended += 1;
          if (status === STATUS.GOOD) good += 1;
        }
      }),
    );
    await expect.poll(() => good).toBeGreaterThan(50);
    await inTime(scst.device('d0').remove({ force: true }));
    const goodSoFar = good;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(good - goodSoFar).toBeLessThanOrEqual(12);
    stop = true;
    await inTime(Promise.all(work));
    expect(ended).toBe(started);
    await exportFile(scst, 'd0', place.path('d0.img'), 0);
    const again = await openQuiet(scst, 'i0', 0);
    expect(sequenceOf(0, await read(again, { lba: 0, blocks: 1, blockLength: BLOCK }))).toBe(1);
  });

  it('go on after any number of suspensions, which wait for none of them for ever', async () => {
    await populate(2, 2);
    const luns = await Promise.all([0, 1].map((index) => openQuiet(scst, `i${index}`, index)));
    let [started, ended] = [0, 0];
    let stop = false;
    const work = luns.flatMap((lun) =>
      Array.from({ length: 4 }, async (_, writer) => {
        while (!stop) {
          started += 1;
          await write(lun, { lba: writer, data: blockOf(writer, 1), blockLength: BLOCK });
          ended += 1;
        }
      }),
    );
    for (let round = 0; round < 10; round++) {
      await inTime(scst.attributes.set('suspend', 10));
      const during = ended;
      await new Promise((resolve) => setTimeout(resolve, 20));
      // What was answered when the suspension was may still have been on its way.
      expect(ended - during).toBeLessThanOrEqual(8);
      await inTime(scst.attributes.set('suspend', -1));
      await inTime(expect.poll(() => ended, { timeout: 5000 }).toBeGreaterThan(during + 8));
    }
    stop = true;
    await inTime(Promise.all(work));
    expect(ended).toBe(started);
    expect(await Promise.all([0, 1].map((index) => numberOf(`i${index}`, 'active_commands')))).toEqual([0, 0]);
  });
});

describe('the server’s memory', () => {
  it('does not grow with what clients announce, ask for, or send too much of', async () => {
    await populate(1, 1);
    const lun = await openQuiet(scst, 'i0', 0);
    const small = new Uint8Array(64);
    // What a server needs at work, before it is asked for more.
    for (let round = 0; round < 200; round++) await lun.execute({ cdb: cdb.inquiry({ allocationLength: 64 }), dataIn: small });
    const before = await server.residentBytes();
    // Bodies announced as huge are refused at the announcement.
    for (const [method, path] of [['PUT', '/tree/threads'], ['POST', `/lun/${TARGET}/i0/0/execute`]] as const) {
      for (let round = 0; round < 20; round++) expect(await inTime(announce(method, path, 8 * 1024 * MIB))).toBeGreaterThanOrEqual(400);
    }
    // Huge allocation lengths cost what is in the answer, not what they say.
    const most = { inquiry: cdb.inquiry({ allocationLength: 0xffff }), luns: cdb.reportLuns({ allocationLength: 0xffff_ffff }), modes: cdb.modeSense10({ pageCode: 0x3f, allocationLength: 0xffff }) };
    for (let round = 0; round < 100; round++) {
      for (const command of Object.values(most)) expect((await lun.execute({ cdb: command, dataIn: small })).status).toBe(0);
    }
    // Buffers larger than the server moves are refused by the client; those as large as it moves wait for one another.
    await expect(lun.execute({ cdb: most.luns, dataIn: new Uint8Array(17 * MIB) })).rejects.toMatchObject({ code: 'REFUSED' });
    await inTime(Promise.all(Array.from({ length: 40 }, () => lun.execute({ cdb: most.luns, dataIn: new Uint8Array(16 * MIB) }))), 20_000);
    await expect(lun.execute({ cdb: cdb.write10({ lba: 0, transferLength: 0xffff }), dataOut: new Uint8Array(8 * MIB) }).then(({ status }) => status)).resolves.toBe(2);
    const grown = (await server.residentBytes()) - before;
    // 40 of 16 MiB are 640 MiB; the server lends 128 MiB at a time.
    expect(grown).toBeLessThan(256 * MIB);
    await expect(read(lun, { lba: 5000, blocks: 1, blockLength: BLOCK })).rejects.toBeInstanceOf(ScsiError);
    await read(lun, { lba: 0, blocks: 1, blockLength: BLOCK });
  });
});

/** Announces a body and sends little of it. Resolves with the status of the answer. */
const announce = (method: string, path: string, length: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const asking = request({ socketPath: place.socket, method, path, agent: false, headers: { host: 'scst', 'content-length': length } });
    asking.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      asking.destroy();
    });
    // What is cut off after the answer is no failure.
    asking.on('error', reject);
    asking.write(new Uint8Array(1000));
  });

/** Begins a command and cuts the connection before all of its body is sent. */
const cutMidBody = async (): Promise<void> => {
  for (let round = 0; round < 10; round++) {
    await new Promise<void>((resolve) => {
      const asking = request({ socketPath: place.socket, method: 'POST', path: `/lun/${TARGET}/i1/0/execute`, agent: false, headers: { host: 'scst', 'content-length': 4096 } });
      asking.on('error', () => undefined).on('close', resolve);
      asking.write(new Uint8Array(100));
      setTimeout(() => asking.destroy(), 10);
    });
  }
};
