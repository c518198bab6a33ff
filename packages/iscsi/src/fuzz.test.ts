import { afterAll, describe, expect, it } from 'vitest';
import { logoutRequest, nopOut, TASK_MANAGEMENT, taskManagementRequest } from './pdu/initiator-pdus.js';
import { NO_TAG } from './pdu/opcode.js';
import { encodeLun } from '@scst/scsi';
import { Fixture, NOTHING_LEFT } from './testing/fixture.js';
import { cdbOf, LONG_SENSE, READ, WRITE } from './testing/memory-nexus.js';
import { INITIATOR_NAME, type TestInitiator } from './testing/test-initiator.js';

/** Runs of the fuzz test; `ISCSI_FUZZ_RUNS` makes it longer. */
const RUNS = Number(process.env['ISCSI_FUZZ_RUNS'] ?? 3000);
const SEED = Number(process.env['ISCSI_FUZZ_SEED'] ?? 20_261_128);

type Kind = 'plain' | 'digests' | 'solicited' | 'discovery';
const KINDS: readonly Kind[] = ['plain', 'digests', 'solicited', 'discovery'];

const KEYS: Readonly<Record<Kind, readonly (readonly [string, string])[]>> = {
  plain: [['InitialR2T', 'No'], ['ImmediateData', 'Yes'], ['MaxRecvDataSegmentLength', '65536']],
  digests: [['HeaderDigest', 'CRC32C'], ['DataDigest', 'CRC32C'], ['InitialR2T', 'No'], ['MaxBurstLength', '2048'], ['FirstBurstLength', '1024']],
  solicited: [['ImmediateData', 'No'], ['InitialR2T', 'Yes'], ['MaxBurstLength', '1024'], ['MaxOutstandingR2T', '2']],
  discovery: [],
};

/** A session of every kind of PDU, as real initiators send them; what was sent, PDU by PDU. */
const record = async (kind: Kind): Promise<Uint8Array[]> => {
  const fixture = new Fixture();
  const initiator = fixture.connect();
  const { environment } = fixture;
  if (kind === 'discovery') {
    await initiator.logIn([], [['InitiatorName', INITIATOR_NAME], ['SessionType', 'Discovery']]);
    await initiator.text([['SendTargets', 'All']]);
  } else {
    await initiator.logIn(KEYS[kind]);
    for (let lba = 0; lba < 4; lba++) initiator.command(cdbOf(READ, lba, 4), { read: 2048 });
    if (kind !== 'solicited') {
      initiator.command(cdbOf(WRITE, 2, 1), { write: 512, data: new Uint8Array(512).fill(7) });
      const tag = initiator.command(cdbOf(WRITE, 4, 2), { write: 1024, data: new Uint8Array(300).fill(8), final: false });
      initiator.dataOut(tag, new Uint8Array(724).fill(9), { bufferOffset: 300 });
    } else {
      const tag = initiator.command(cdbOf(WRITE, 4, 6), { write: 3072 });
      for (let round = 0; round < 3; round++) {
        for (const { values } of initiator.take('R2T')) {
          const length = values['desiredDataTransferLength'] as number;
          const bufferOffset = values['bufferOffset'] as number;
          initiator.dataOut(tag, new Uint8Array(length).fill(round), { targetTransferTag: values['targetTransferTag'] as number, bufferOffset });
        }
      }
    }
    initiator.command(cdbOf(LONG_SENSE), { read: 512 });
    initiator.send(taskManagementRequest.encode({ immediate: true, final: true, function: TASK_MANAGEMENT.ABORT_TASK, lun: encodeLun(0), initiatorTaskTag: 0x5000, referencedTaskTag: 2, cmdSn: initiator.cmdSn }));
    initiator.send(taskManagementRequest.encode({ immediate: true, final: true, function: TASK_MANAGEMENT.LOGICAL_UNIT_RESET, lun: encodeLun(0), initiatorTaskTag: 0x5001, cmdSn: initiator.cmdSn }));
    await environment.settle();
  }
  initiator.send(nopOut.encode({ immediate: true, final: true, initiatorTaskTag: 0x5002, targetTransferTag: NO_TAG, cmdSn: initiator.cmdSn }), new Uint8Array(64));
  initiator.send(logoutRequest.encode({ immediate: true, final: true, reason: 0, initiatorTaskTag: 0x5003, cmdSn: initiator.cmdSn }));
  await environment.settle();
  expect(fixture.left).toEqual(NOTHING_LEFT);
  return initiator.sent;
};

/** Small numbers that come again with the same seed (mulberry32). */
const numbers = (seed: number) => {
  let state = seed >>> 0;
  return (limit: number): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
};

/** Values that lie where fields overflow. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** Spoils a recording: bytes changed, PDUs doubled, dropped, swapped, cut, or rubbish put between. */
const mutate = (pdus: readonly Uint8Array[], random: (limit: number) => number): Uint8Array[] => {
  const mutated = pdus.map((pdu) => pdu.slice());
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(mutated.length);
    const pdu = mutated[at] ?? new Uint8Array(1);
    switch (random(7)) {
      case 0:
        pdu[random(pdu.length)] = random(256);
        break;
      case 1:
        pdu[random(Math.min(48, pdu.length))] = EDGES[random(EDGES.length)] ?? 0;
        break;
      case 2:
        for (let index = 0; index < 4; index++) pdu[Math.min(pdu.length - 1, random(48))] = random(2) === 0 ? 0xff : random(256);
        break;
      case 3:
        mutated.splice(at, 0, pdu.slice());
        break;
      case 4:
        if (mutated.length > 1) mutated.splice(at, 1);
        break;
      case 5:
        mutated.push(...mutated.splice(at, 1 + random(2)));
        break;
      default:
        mutated.splice(at, 1, random(2) === 0 ? pdu.slice(0, random(pdu.length)) : Uint8Array.from({ length: random(100) }, () => random(256)));
    }
    if (mutated.length === 0) mutated.push(new Uint8Array(48));
  }
  return mutated;
};

const play = async (initiator: TestInitiator, bytes: Uint8Array, random: (limit: number) => number): Promise<void> => {
  for (let at = 0; at < bytes.length && !initiator.isEnded; ) {
    const length = random(3) === 0 ? 1 + random(60) : 1 + random(3000);
    initiator.raw(bytes.subarray(at, at + length));
    at += length;
    if (random(4) === 0) await initiator.environment.settle();
  }
  await initiator.environment.settle();
};

describe('mutated sessions', () => {
  const seen = new Map<string, number>();

  it(`neither throw nor leave anything behind, ${RUNS} runs`, { timeout: Math.max(120_000, RUNS * 60) }, async () => {
    const recordings = new Map<Kind, Uint8Array[]>();
    for (const kind of KINDS) recordings.set(kind, await record(kind));
    for (let run = 0; run < RUNS; run++) {
      const random = numbers(SEED + run);
      const kind = KINDS[run % KINDS.length] ?? 'plain';
      const fixture = new Fixture({ limits: { sessionMemory: 1_000_000, transferLength: 500_000 }, seed: run });
      const initiator = fixture.connect();
      // What the target sends must stay well formed: the initiator's reader throws where it is not.
      initiator.write = tolerant(initiator);
      const holds = random(3) === 0;
      const bytes = new Uint8Array(Buffer.concat(mutate(recordings.get(kind) ?? [], random)));
      const split = holds ? random(bytes.length) : bytes.length;
      await play(initiator, bytes.subarray(0, split), random);
      for (const nexus of fixture.nexuses) nexus.holds = holds;
      await play(initiator, bytes.subarray(split), random);
      for (const nexus of fixture.nexuses) if (random(2) === 0) nexus.release('back');
      if (random(2) === 0) initiator.connection.closed();
      else await fixture.environment.pass(200_000);
      await fixture.environment.settle();
      for (const { name } of initiator.received) seen.set(name, (seen.get(name) ?? 0) + 1);
      const left = { ...fixture.left };
      if (left.connections > 0) {
        // A session that survived its mutation is as good as any.
        initiator.connection.closed();
        await fixture.environment.settle();
        Object.assign(left, fixture.left);
      }
      expect({ run, kind, ...left }).toEqual({ run, kind, ...NOTHING_LEFT });
      await fixture.engine.close();
    }
  });

  afterAll(() => {
    // The mutations are worth nothing unless sessions get far: every kind of answer must have come.
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['Login Response', 'SCSI Data-In', 'SCSI Response', 'R2T', 'Reject', 'NOP-In', 'Logout Response', 'Text Response', 'Task Management Function Response']));
  });
});

/** Digests may be off or on against what the test's reader knows, after a login that was spoilt: then it does not look. */
const tolerant = (initiator: TestInitiator): TestInitiator['write'] => {
  const strict = initiator.write.bind(initiator);
  return (pieces, sent) => {
    try {
      strict(pieces, sent);
    } catch {
      initiator.environment.defer(sent);
    }
  };
};

describe('a connection that dies', () => {
  it.each(KINDS)('leaves nothing behind, at whatever byte: %s', { timeout: 120_000 }, async (kind) => {
    const bytes = new Uint8Array(Buffer.concat(await record(kind)));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const fixture = new Fixture();
      const initiator = fixture.connect();
      initiator.write = tolerant(initiator);
      // Half of the times commands are at work when it happens.
      initiator.raw(bytes.subarray(0, Math.min(cut, 400)));
      await fixture.environment.settle();
      for (const nexus of fixture.nexuses) nexus.holds = cut % 2 === 0;
      if (cut > 400 && !initiator.isEnded) initiator.raw(bytes.subarray(400, cut));
      if (cut % 3 === 0) await fixture.environment.settle();
      initiator.connection.closed();
      await fixture.environment.settle();
      expect({ cut, ...fixture.left }).toEqual({ cut, ...NOTHING_LEFT });
      await fixture.engine.close();
      expect(fixture.environment.timers).toBe(0);
    }
  });
});
