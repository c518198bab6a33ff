import { encodeSense, SENSE_CONDITION } from '@scst/scsi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fixture, NOTHING_LEFT } from '../testing/fixture.js';
import { BLOCK, cdbOf, ECHO, LONG_SENSE, READ, WRITE } from '../testing/memory-nexus.js';
import type { TestInitiator } from '../testing/test-initiator.js';
import { encodeAdditionalHeader } from '../pdu/additional-header.js';
import { dataIn, r2t, reject, REJECT_REASON, scsiResponse } from '../pdu/target-pdus.js';

const pattern = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7 + seed + (index >> 8)) & 0xff);

/** Data-in put together as its PDUs say, and the last one's fields. */
const assemble = (initiator: TestInitiator, length: number) => {
  const parts = initiator.take('SCSI Data-In');
  const data = new Uint8Array(length);
  for (const part of parts) data.set(part.data, part.values['bufferOffset'] as number);
  return { data, parts };
};

/** Answers R2Ts until a response comes, in PDUs of at most so many bytes. */
const answerR2ts = async (initiator: TestInitiator, tag: number, data: Uint8Array, longest = 65_536) => {
  const asked: { offset: number; length: number }[] = [];
  for (;;) {
    await initiator.environment.settle();
    const requests = initiator.take('R2T');
    if (requests.length === 0) return asked;
    for (const { values } of requests) {
      const [offset, length] = [values['bufferOffset'] as number, values['desiredDataTransferLength'] as number];
      asked.push({ offset, length });
      for (let at = 0, dataSn = 0; at < length; at += longest, dataSn++) {
        const part = data.subarray(offset + at, offset + Math.min(at + longest, length));
        initiator.dataOut(tag, part, { targetTransferTag: values['targetTransferTag'] as number, bufferOffset: offset + at, dataSn, final: at + longest >= length });
      }
    }
  }
};

describe('data-in', () => {
  it('comes with its status in one PDU', async () => {
    const fixture = new Fixture();
    fixture.disk.set(pattern(4096), 0);
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536']]);
    const tag = initiator.command(cdbOf(READ, 0, 8), { read: 4096 });
    const answer = initiator.one(dataIn);
    expect(answer).toMatchObject({ final: true, hasStatus: true, status: 0, initiatorTaskTag: tag, bufferOffset: 0, dataSn: 0, residualCount: 0, overflow: false, underflow: false, statSn: 2, expCmdSn: 2, maxCmdSn: 129 });
    expect(answer.data).toEqual(pattern(4096));
  });

  it('is cut to what the initiator takes and by bursts', async () => {
    const fixture = new Fixture();
    fixture.disk.set(pattern(8192), 0);
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '1023'], ['MaxBurstLength', '2048']]);
    initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    const { data, parts } = assemble(initiator, 8192);
    expect(data).toEqual(pattern(8192));
    expect(parts.map(({ data: { length } }) => length)).toEqual([1020, 1020, 8, 1020, 1020, 8, 1020, 1020, 8, 1020, 1020, 8]);
    expect(parts.map(({ values }) => values['final'])).toEqual([0, 1, 2, 3].flatMap(() => [false, false, true]));
    expect(parts.map(({ values }) => values['dataSn'])).toEqual(parts.map((_, index) => index));
    expect(parts.map(({ values }) => values['hasStatus'])).toEqual([...parts.slice(1).map(() => false), true]);
  });

  it('of many commands goes out in one write, side by side', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536']]);
    initiator.writes.length = 0;
    const pdus = initiator.gather(() => {
      for (let index = 0; index < 16; index++) initiator.command(cdbOf(READ, index, 8), { read: 4096 });
    });
    initiator.raw(pdus);
    expect(initiator.take('SCSI Data-In').length).toBe(16);
    expect(initiator.writes).toEqual([1]);
  });

  it.each([
    ['less than expected', 4, 4096, 2048, { underflow: true, overflow: false, residualCount: 2048 }],
    ['more than expected', 8, 1024, 1024, { underflow: false, overflow: true, residualCount: 3072 }],
    ['nothing expected', 1, 0, 0, { underflow: false, overflow: true, residualCount: 512 }],
  ])('tells of the rest: %s', async (_what, blocks, read, moved, residual) => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.command(cdbOf(READ, 0, blocks), { read });
    const { parts } = assemble(initiator, 8192);
    const last = moved > 0 ? parts.at(-1)?.values : initiator.one(scsiResponse);
    expect(last).toMatchObject({ status: 0, ...residual });
    expect(parts.reduce((sum, { data }) => sum + data.length, 0)).toBe(moved);
  });

  it('is left out where the command fails, and the sense comes whole', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.command(cdbOf(READ, 5000, 1), { read: 512 });
    const failed = initiator.one(scsiResponse);
    expect(failed).toMatchObject({ response: 0, status: 2, underflow: true, residualCount: 512 });
    expect(failed.data.subarray(2)).toEqual(encodeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    initiator.command(cdbOf(LONG_SENSE), { read: 512 });
    const long = initiator.one(scsiResponse);
    expect([long.data[0], long.data[1], long.data.length]).toEqual([0, 252, 254]);
  });
});

describe('data-out', () => {
  const both = { initialR2T: false, immediateData: true } as const;
  it.each([
    ['immediate', [], 4096, 4096, 0],
    ['immediate and asked for', [['InitialR2T', 'Yes'], ['FirstBurstLength', '1024']], 8192, 1024, 0],
    ['asked for alone', [['ImmediateData', 'No'], ['InitialR2T', 'Yes']], 8192, 0, 0],
    ['unsolicited', [['ImmediateData', 'No'], ['InitialR2T', 'No']], 4096, 0, 4096],
    ['immediate, unsolicited and asked for', [['InitialR2T', 'No'], ['FirstBurstLength', '3072'], ['MaxBurstLength', '4096']], 16_384, 512, 2560],
  ] as const)('%s', async (_what, keys, length, immediate, unsolicited) => {
    const fixture = new Fixture({ target: { parameters: both } });
    const initiator = await fixture.loggedIn(keys);
    const data = pattern(length, 9);
    const tag = initiator.command(cdbOf(WRITE, 3, length / BLOCK), { write: length, data: data.subarray(0, immediate), final: unsolicited === 0 });
    for (let at = 0, dataSn = 0; at < unsolicited; at += 1000, dataSn++) {
      const end = Math.min(at + 1000, unsolicited);
      initiator.dataOut(tag, data.subarray(immediate + at, immediate + end), { bufferOffset: immediate + at, dataSn, final: end === unsolicited });
    }
    const asked = await answerR2ts(initiator, tag, data, 1500);
    expect(asked.reduce((sum, one) => sum + one.length, 0)).toBe(length - immediate - unsolicited);
    expect(initiator.one(scsiResponse)).toMatchObject({ initiatorTaskTag: tag, status: 0, underflow: false, overflow: false });
    expect(fixture.disk.subarray(3 * BLOCK, 3 * BLOCK + length)).toEqual(data);
  });

  it('is asked for in bursts, no more at a time than agreed', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['ImmediateData', 'No'], ['MaxBurstLength', '1024'], ['MaxOutstandingR2T', '2']]);
    const tag = initiator.command(cdbOf(WRITE, 0, 10), { write: 5120 });
    const first = initiator.take('R2T');
    expect(first.map(({ values }) => [values['bufferOffset'], values['desiredDataTransferLength'], values['r2tSn'], values['statSn']])).toEqual([[0, 1024, 0, 2], [1024, 1024, 1, 2]]);
    initiator.dataOut(tag, pattern(1024), { targetTransferTag: first[0]?.values['targetTransferTag'] as number });
    expect(initiator.take('R2T').map(({ values }) => values['bufferOffset'])).toEqual([2048]);
  });

  it('may be none', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.command(cdbOf(WRITE, 0, 1), { write: 0 });
    expect(initiator.one(scsiResponse)).toMatchObject({ status: 0, overflow: true, residualCount: 512 });
    initiator.command(cdbOf(WRITE, 0, 0), { write: 0 });
    expect(initiator.one(scsiResponse)).toMatchObject({ status: 0, overflow: false, residualCount: 0 });
  });

  const PROTOCOL_SERVICE_CRC_ERROR = [0x0b, 0x47, 0x05];
  it.each([
    ['a DataSN again', [{ dataSn: 0, bufferOffset: 0 }, { dataSn: 0, bufferOffset: 512 }]],
    ['a DataSN too far', [{ dataSn: 27, bufferOffset: 0 }, { dataSn: 1, bufferOffset: 512 }]],
    ['an offset too far', [{ dataSn: 0, bufferOffset: 0 }, { dataSn: 1, bufferOffset: 1024 }]],
    ['an offset again', [{ dataSn: 0, bufferOffset: 0 }, { dataSn: 1, bufferOffset: 0 }]],
    ['the other order', [{ dataSn: 1, bufferOffset: 512 }, { dataSn: 0, bufferOffset: 0 }]],
    ['F too early', [{ dataSn: 0, bufferOffset: 0, final: true }]],
  ])('with %s ends the command, and nothing is written', async (_what, parts) => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['ImmediateData', 'No']]);
    const tag = initiator.command(cdbOf(WRITE, 0, 2), { write: 1024 });
    const targetTransferTag = initiator.one(r2t).targetTransferTag;
    parts.forEach((part, index) => {
      initiator.dataOut(tag, pattern(512), { targetTransferTag, final: index === 1, ...part });
    });
    const { status, data } = initiator.one(scsiResponse);
    expect([status, (data[4] ?? 0) & 0x0f, data[14], data[15]]).toEqual([2, ...PROTOCOL_SERVICE_CRC_ERROR]);
    expect(fixture.nexus.submitted).toBe(0);
    expect(fixture.engine.sessions[0]?.memory).toBe(0);
  });

  it('that nobody asked for is thrown away', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['ImmediateData', 'No']]);
    initiator.dataOut(77, pattern(512));
    const tag = initiator.command(cdbOf(WRITE, 0, 1), { write: 512 });
    const { targetTransferTag } = initiator.one(r2t);
    initiator.dataOut(tag, pattern(512), { targetTransferTag: targetTransferTag + 1 });
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.INVALID_PDU_FIELD);
    initiator.dataOut(tag, pattern(512), { targetTransferTag });
    expect(initiator.one(scsiResponse).status).toBe(0);
    const other = initiator.command(cdbOf(WRITE, 0, 1), { write: 512 });
    initiator.dataOut(other, pattern(512));
    initiator.dataOut(other, pattern(512), { targetTransferTag: initiator.one(r2t).targetTransferTag });
    const { data } = initiator.one(scsiResponse);
    expect([data[14], data[15]]).toEqual([0x0c, 0x0c]);
  });
});

describe('both directions and long CDBs', () => {
  it('move data both ways', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    const data = pattern(1000);
    initiator.command(cdbOf(ECHO), { write: 1000, read: 0, data, additional: encodeAdditionalHeader({ bidiReadLength: 1200 }) });
    const answer = initiator.one(dataIn);
    expect(answer).toMatchObject({ hasStatus: false, final: true });
    expect(answer.data).toEqual(data);
    expect(initiator.one(scsiResponse)).toMatchObject({ status: 0, bidiUnderflow: true, bidiReadResidualCount: 200, expDataSn: 1 });
  });

  it('hand a CDB over whole, and short ones as long as their group says', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    const cdb = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 0x7f : index));
    initiator.command(cdb, { additional: encodeAdditionalHeader({ extendedCdb: cdb.subarray(16) }) });
    for (const opcode of [0x00, 0x28, 0xa8, 0x88]) initiator.command(Uint8Array.of(opcode));
    expect(fixture.nexus.cdbs[0]).toEqual(cdb);
    expect(fixture.nexus.cdbs.slice(1).map(({ length }) => length)).toEqual([6, 10, 12, 16]);
  });

  it('fail where an additional header is broken', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.command(new Uint8Array(16), { additional: Uint8Array.of(0, 200, 1, 0) });
    expect(initiator.one(scsiResponse).status).toBe(2);
    expect(fixture.nexus.submitted).toBe(0);
  });
});

describe('digests', () => {
  const keys = [['HeaderDigest', 'CRC32C'], ['DataDigest', 'CRC32C'], ['MaxRecvDataSegmentLength', '1024']] as const;

  it('guard every PDU, in both directions', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn(keys);
    const data = pattern(8192, 3);
    const tag = initiator.command(cdbOf(WRITE, 0, 16), { write: 8192, data: data.subarray(0, 513), final: true });
    await answerR2ts(initiator, tag, data, 999);
    expect(initiator.one(scsiResponse).status).toBe(0);
    initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    expect(assemble(initiator, 8192).data).toEqual(data);
    initiator.command(cdbOf(READ, 9999, 1), { read: 512 });
    expect(initiator.one(scsiResponse).data.length).toBe(20);
  });

  it.each([[1], [5], [700]])('end a write whose data is wrong, whether it comes in one piece or cut at %s', async (cut) => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn(keys);
    const pdu = initiator.gather(() => {
      initiator.command(cdbOf(WRITE, 0, 2), { write: 1024, data: pattern(1024) });
    });
    pdu[100] = (pdu[100] ?? 0) ^ 1;
    initiator.raw(pdu.subarray(0, cut));
    initiator.raw(pdu.subarray(cut));
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.DATA_DIGEST_ERROR);
    const { status, data } = initiator.one(scsiResponse);
    expect([status, data[14], data[15]]).toEqual([2, 0x47, 0x05]);
    expect(fixture.nexus.submitted).toBe(0);
  });

  it('drop a connection whose header is wrong', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn(keys);
    initiator.headerDigest = false;
    initiator.command(new Uint8Array(6));
    initiator.command(new Uint8Array(6));
    await fixture.environment.settle();
    expect(fixture.left).toEqual(NOTHING_LEFT);
    expect(fixture.events.at(-2)).toMatchObject({ kind: 'connection-dropped', message: 'the header digest is wrong' });
  });
});

describe('chunks', () => {
  it('may be cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 60 }), fc.boolean(), async (cuts, digests) => {
        const fixture = new Fixture();
        const initiator = await fixture.loggedIn([['InitialR2T', 'No'], ...(digests ? ([['HeaderDigest', 'CRC32C'], ['DataDigest', 'CRC32C']] as const) : [])]);
        let bytes = initiator.gather(() => {
          initiator.command(cdbOf(WRITE, 0, 8), { write: 4096, data: pattern(4096, 5) });
          const tag = initiator.command(cdbOf(WRITE, 8, 8), { write: 4096, data: pattern(1001, 6), final: false });
          initiator.dataOut(tag, pattern(4096, 6).subarray(1001), { bufferOffset: 1001 });
          initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
        });
        for (let index = 0; bytes.length > 0; index++) {
          const cut = cuts[index % cuts.length] ?? 1;
          initiator.raw(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        expect(initiator.take('SCSI Response').map(({ values }) => values['status'])).toEqual([0, 0]);
        expect(assemble(initiator, 8192).data).toEqual(new Uint8Array(Buffer.concat([pattern(4096, 5), pattern(4096, 6)])));
        initiator.connection.closed();
        await fixture.environment.settle();
        expect(fixture.left).toEqual(NOTHING_LEFT);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the inbox', () => {
  it('is short until a connection fills it, and again when it has not for long', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['InitialR2T', 'No']]);
    const { connection } = initiator;
    expect(connection.inbox).toHaveLength(16_384);
    const intoInbox = (run: () => void): void => {
      const bytes = initiator.gather(run);
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + connection.inbox.length);
        connection.inbox.set(piece);
        connection.received(piece.length);
        at += piece.length;
      }
    };
    intoInbox(() => {
      for (let block = 0; block < 40; block += 8) initiator.command(cdbOf(WRITE, block, 8), { write: 4096, data: pattern(4096, block) });
    });
    expect(connection.inbox).toHaveLength(262_144);
    for (let count = 0; count < 254; count++) intoInbox(() => initiator.command(cdbOf(READ, 0, 1), { read: 512 }));
    expect(connection.inbox).toHaveLength(262_144);
    intoInbox(() => initiator.command(cdbOf(READ, 0, 1), { read: 512 }));
    expect(connection.inbox).toHaveLength(16_384);
    expect(initiator.take('SCSI Response').map(({ values }) => values['status'])).toEqual([0, 0, 0, 0, 0]);
    for (let block = 0; block < 40; block += 8) expect(fixture.disk.slice(block * 512, block * 512 + 4096)).toEqual(pattern(4096, block));
  });
});

describe('a host that throws', () => {
  it('ends the command and not the server', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    fixture.nexus.submit = () => {
      throw new Error('out of order');
    };
    fixture.nexus.close = () => Promise.reject(new Error('will not close'));
    initiator.command(cdbOf(READ, 0, 1), { read: 512 });
    const { status, data } = initiator.one(scsiResponse);
    expect([status, data[4], data[14]]).toEqual([2, 4, 0x44]);
    initiator.connection.closed();
    await fixture.environment.settle();
    expect(fixture.left).toMatchObject({ sessions: 0, connections: 0, buffers: 0 });
    expect(fixture.events.filter(({ kind }) => kind === 'target-failed').map(({ message }) => message)).toEqual(['the target failed: out of order', 'the target did not close: will not close']);
  });
});

describe('memory', () => {
  it('is bounded for a session: what has no room waits its turn', async () => {
    const fixture = new Fixture({ limits: { sessionMemory: 20_000 } });
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536'], ['ImmediateData', 'No']]);
    fixture.nexus.holds = true;
    for (let index = 0; index < 4; index++) initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    const tag = initiator.command(cdbOf(WRITE, 100, 16), { write: 8192 });
    expect(fixture.nexus.held.length).toBe(2);
    expect(initiator.take('R2T')).toEqual([]);
    fixture.nexus.release('back');
    await fixture.environment.settle();
    expect(fixture.nexus.held.length).toBe(2);
    fixture.nexus.release();
    fixture.nexus.holds = false;
    await answerR2ts(initiator, tag, pattern(8192, 8));
    expect(initiator.take('SCSI Data-In').length).toBe(4);
    expect(initiator.one(scsiResponse).status).toBe(0);
    expect(fixture.disk.subarray(100 * BLOCK, 116 * BLOCK)).toEqual(pattern(8192, 8));
    expect(fixture.engine.sessions[0]?.memory).toBe(0);
  });

  it('lets a command that is larger than all of it through alone, and refuses one that is too large', async () => {
    const fixture = new Fixture({ limits: { sessionMemory: 4096, transferLength: 16_384 } });
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536'], ['ImmediateData', 'No']]);
    initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    expect(initiator.one(dataIn).data.length).toBe(8192);
    initiator.command(cdbOf(WRITE, 0, 64), { write: 32_768 });
    expect(initiator.take('R2T')).toEqual([]);
    expect(initiator.one(scsiResponse).status).toBe(2);
    initiator.command(cdbOf(READ, 0, 64), { read: 0xffff_ffff });
    expect(initiator.one(scsiResponse).status).toBe(2);
    initiator.command(cdbOf(READ, 0, 8), { read: 0xffff_ffff });
    expect(initiator.one(dataIn)).toMatchObject({ status: 0, underflow: true, residualCount: 0xffff_ffff - 4096 });
  });

  it('is not filled with reads that the peer does not take', async () => {
    const fixture = new Fixture({ limits: { sendBacklog: 20_000, sessionMemory: 20_000 } });
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536']]);
    initiator.isStuck = true;
    // In one piece, so that all of them are there before anything can be told to the socket.
    initiator.raw(initiator.gather(() => { for (let index = 0; index < 64; index++) initiator.command(cdbOf(READ, 0, 16), { read: 8192 }); }));
    await fixture.environment.settle();
    expect(fixture.nexus.submitted).toBeLessThan(5);
    expect(fixture.engine.buffersInUse).toBeLessThan(600_000);
    initiator.unstick();
    await fixture.environment.settle();
    expect(fixture.nexus.submitted).toBe(64);
    expect(initiator.take('SCSI Data-In').length).toBe(64);
  });

  it('is bounded for all sessions together, and small commands of a session that has none go on', async () => {
    const fixture = new Fixture({ limits: { totalMemory: 1, transferLength: 1_000_000 } });
    const [first, second] = [await fixture.loggedIn(), fixture.connect()];
    second.isid = Uint8Array.of(0x40, 0, 0, 0, 0, 2);
    await second.logIn([['MaxRecvDataSegmentLength', '65536']]);
    for (const nexus of fixture.nexuses) nexus.holds = true;
    const [one, two] = [fixture.nexuses[0], fixture.nexuses[1]];
    for (let index = 0; index < 3; index++) first.command(cdbOf(READ, 0, 16), { read: 900_000 });
    second.command(cdbOf(READ, 0, 16), { read: 8192 });
    second.command(cdbOf(READ, 0, 16), { read: 900_000 });
    await fixture.environment.settle();
    expect([one?.submitted, two?.submitted]).toEqual([1, 1]);
    one?.release();
    await fixture.environment.pass(2000);
    expect([one?.submitted, two?.submitted]).toEqual([2, 1]);
    for (let round = 0; round < 6; round++) {
      for (const nexus of fixture.nexuses) nexus.release();
      await fixture.environment.pass(2000);
    }
    expect([one?.submitted, two?.submitted]).toEqual([3, 2]);
  });

  it('of what a peer does not take stops the reading', async () => {
    const fixture = new Fixture({ limits: { sendBacklog: 10_000, sendTimeout: 5000 } });
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '65536']]);
    initiator.isStuck = true;
    for (let index = 0; index < 4; index++) initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    expect(initiator.isPaused).toBe(true);
    initiator.unstick();
    await fixture.environment.settle();
    expect(initiator.isPaused).toBe(false);
    initiator.isStuck = true;
    initiator.command(cdbOf(READ, 0, 16), { read: 8192 });
    await fixture.environment.pass(10_000);
    expect(fixture.left).toEqual(NOTHING_LEFT);
    expect(fixture.events.at(-2)?.message).toBe('the initiator took nothing for 5000 ms');
  });
});
