import { type CommandRequest, type CommandResult, encodeSense, type LogicalUnit, SENSE_CONDITION, STATUS } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureDevice, hex, toHex } from '../nexus/fixture.js';

/** A tape of the machine that says what it is asked. */
class Tape implements LogicalUnit {
  readonly description = 'tape';
  readonly asked: CommandRequest[] = [];
  answer: (request: CommandRequest) => Promise<CommandResult> = () => Promise.reject(new Error('not told'));

  async execute(request: CommandRequest): Promise<CommandResult> {
    this.asked.push(request);
    return await this.answer(request);
  }
  resets = 0;
  async reset(): Promise<void> {
    this.resets++;
    await Promise.reject(new Error('cannot'));
  }
  async close(): Promise<void> {
    await Promise.resolve();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function withTape(type = 1): { fixture: Fixture; tape: Tape } {
  const tape = new Tape();
  const fixture = new Fixture({ sessions: 2, device: { kind: 'passthrough', type, logicalUnit: tape } as unknown as Partial<FixtureDevice> });
  return { fixture: fixture.clearAttentions(), tape };
}

const good = { status: 0, sense: new Uint8Array(0), residual: 0 };

describe('a SCSI device of the machine', () => {
  it('gets commands as they are, and its results come back', async () => {
    const { fixture, tape } = withTape();
    tape.answer = ({ dataIn }) => {
      dataIn?.set([1, 2, 3]);
      return Promise.resolve({ ...good, residual: 7, dataIn: dataIn?.subarray(0, 3) ?? new Uint8Array(0) });
    };
    const read = await fixture.run('08 00 00 00 0a 00', { in: 10 });
    expect([read.status, toHex(read.dataIn), read.residual]).toEqual([0, '010203', 7]);
    tape.answer = () => Promise.resolve({ ...good, dataIn: new Uint8Array(0) });
    expect((await fixture.run('0a 00 00 00 0a 00', { out: new Uint8Array(10) })).residual).toBe(0);
    expect(tape.asked.map(({ cdb }) => toHex(cdb))).toEqual(['080000000a00', '0a0000000a00']);
  });

  it('tells all nexuses of a unit attention that one of them meets', async () => {
    const { fixture, tape } = withTape();
    const sense = encodeSense(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED);
    tape.answer = () => Promise.resolve({ status: 2, sense, residual: 0, dataIn: new Uint8Array(0) });
    expect((await fixture.run('00 00 00 00 00 00')).sense).toEqual(sense);
    tape.answer = () => Promise.resolve({ ...good, dataIn: new Uint8Array(0) });
    expect((await fixture.run('00 00 00 00 00 00', { session: 1 })).sense).toEqual(sense);
    expect((await fixture.run('00 00 00 00 00 00', { session: 1 })).status).toBe(0);
  });

  it('fails with INTERNAL TARGET FAILURE when it gives no status', async () => {
    const { fixture } = withTape();
    expect(toHex((await fixture.run('00 00 00 00 00 00')).sense)).toBe(toHex(encodeSense(SENSE_CONDITION.INTERNAL_TARGET_FAILURE)));
  });

  it.each([0, 1, 3, 8, 0x0c])('of type %i leaves to the core what is the core’s: REPORT LUNS and reservations', async (type) => {
    const { fixture, tape } = withTape(type);
    expect(toHex((await fixture.run('a0 00 00 00 00 00 00 00 02 00 00 00', { in: 512 })).dataIn)).toBe('00000008000000000000000000000000');
    const register = '000000000000000000000000000000010000000000000000';
    expect((await fixture.run('5f 00 00 00 00 00 00 00 18 00', { out: hex(register) })).status).toBe(0);
    expect((await fixture.run('5f 01 01 00 00 00 00 00 18 00', { out: hex('000000000000000100000000000000000000000000000000') })).status).toBe(0);
    tape.answer = () => Promise.resolve({ ...good, dataIn: new Uint8Array(0) });
    expect((await fixture.run('0a 00 00 00 0a 00', { out: new Uint8Array(10), session: 1 })).status).toBe(STATUS.RESERVATION_CONFLICT);
    expect(tape.asked).toEqual([]);
    expect((await fixture.run('0a 00 00 00 0a 00', { out: new Uint8Array(10) })).status).toBe(0);
    expect(tape.asked).toHaveLength(1);
  });

  it('is reset with its logical unit, and says who changed its mode parameters', async () => {
    const { fixture, tape } = withTape();
    await fixture.unit().reset('lun');
    expect(tape.resets).toBe(1);
    fixture.clearAttentions();
    tape.answer = () => Promise.resolve({ ...good, dataIn: new Uint8Array(0) });
    expect((await fixture.run('15 10 00 00 00 00')).status).toBe(0);
    expect(toHex((await fixture.run('00 00 00 00 00 00', { session: 1 })).sense)).toContain('2a01');
  });

  it('is not there while no handler holds it', async () => {
    const { fixture } = withTape();
    fixture.device.handler = null;
    expect((await fixture.run('00 00 00 00 00 00')).sense).toEqual(hex('700005000000000a00000000250000000000'));
  });
});
