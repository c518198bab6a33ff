import { STATUS } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { HandClock } from '../hand-clock.js';
import { Fixture, hex, toHex } from '../nexus/fixture.js';
import type { AluaState, TargetGroupObject, TargetObject } from '../nexus/objects.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface World {
  fixture: Fixture;
  /** The group of the fixture's own target. */
  near: Mutable<TargetGroupObject>;
  /** A group with a remote target, 99, alone. */
  far: Mutable<TargetGroupObject>;
}

function world(device: ConstructorParameters<typeof Fixture>[0] = {}): World {
  const fixture = new Fixture({ profile: 'recorded', ...device }).clearAttentions();
  // What a transition puts off comes at once.
  fixture.core.clock = { after: (_, callback) => { setImmediate(callback); return () => undefined; } };
  const group = (groupId: number, members: { target: TargetObject | null; name: string; relTgtId: number }[]): Mutable<TargetGroupObject> => ({
    groupId,
    preferred: false,
    state: 'active',
    stateWritten: false,
    members,
  });
  const near = group(1, [{ target: fixture.target, name: 't0', relTgtId: 7 }]);
  const far = group(2, [{ target: null, name: 'elsewhere', relTgtId: 99 }]);
  fixture.device.deviceGroup = { targetGroups: new Map([['near', near], ['far', far]]) };
  return { fixture, near, far };
}

async function sense(fixture: Fixture, cdb: string, options: { out?: Uint8Array; in?: number } = {}): Promise<string> {
  const result = await fixture.run(cdb, options);
  if (result.status !== STATUS.CHECK_CONDITION) return result.status.toString(16).padStart(2, '0');
  return `${result.sense[2]}/${toHex(result.sense.subarray(12, 14))}`;
}

describe('the states of a vcdrom', () => {
  it('take SEND KEY and REPORT KEY for the commands about target port groups, where byte 1 says so', async () => {
    const { fixture, near } = world({ device: { kind: 'cdrom', type: 5, blockSize: 2048, removable: true, size: 0n } });
    near.state = 'unavailable';
    expect(await sense(fixture, 'a3 2a 00 00 00 00 00 00 00 00 00 00')).toBe('4/4400');
    expect(await sense(fixture, 'a4 ea 00 00 00 00 00 00 00 00 00 00')).toBe('4/4400');
    expect(await sense(fixture, 'a3 0c 00 00 00 00 00 00 00 00 00 00')).toBe('2/040c');
    near.state = 'transitioning';
    expect(await sense(fixture, 'a4 0a 00 00 00 00 00 00 00 00 00 00')).toBe('2/040a');
  });
});

describe('the states', () => {
  /** Commands by the worst state that still takes them, and what the others say (SPEC 14). */
  const COMMANDS: readonly (readonly [accepts: number, cdb: string, length?: number])[] = [
    [0, '00 00 00 00 00 00'],
    [0, '28 00 00 00 00 00 00 00 01 00', 512],
    [0, '35 00 00 00 00 00 00 00 00 00'],
    [0, '1b 00 00 00 01 00'],
    [0, 'a3 0c 01 00 00 00 00 00 00 40 00 00', 64],
    [0, 'a3 0d 00 00 00 00 00 00 00 04 00 00', 4],
    [1, '1a 00 0a 00 fc 00', 64],
    [1, '5e 00 00 00 00 00 00 00 40 00', 64],
    [1, '16 00 00 00 00 00'],
    [2, 'a4 0a 00 00 00 00 00 00 00 00 00 00'],
    [3, '12 00 00 00 24 00', 36],
    [3, '03 00 00 00 12 00', 18],
    [3, 'a0 00 00 00 00 00 00 00 00 40 00 00', 64],
    [3, '25 00 00 00 00 00 00 00 00 00', 8],
    [3, '9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00', 32],
    [3, 'a3 0a 00 00 00 00 00 00 00 40 00 00', 64],
  ];
  const STATES: readonly (readonly [state: AluaState, needed: number, refusal: string])[] = [
    ['active', 0, ''],
    ['nonoptimized', 0, ''],
    ['standby', 1, '2/040b'],
    ['unavailable', 2, '2/040c'],
    ['offline', 2, '2/040c'],
    ['transitioning', 3, '2/040a'],
  ];
  for (const [state, needed, refusal] of STATES) {
    it(state, async () => {
      for (const [accepts, cdb, length] of COMMANDS) {
        const { fixture, near } = world({ device: { explAlua: true } });
        near.state = state;
        const answer = await sense(fixture, cdb, length === undefined ? {} : { in: length });
        expect(`${cdb}: ${answer}`).toBe(`${cdb}: ${accepts >= needed ? '00' : refusal}`);
      }
    });
  }
  it('are those of the target’s own group', async () => {
    const { fixture, far } = world();
    far.state = 'offline';
    expect(await sense(fixture, '00 00 00 00 00 00')).toBe('00');
  });
  it('of a group whose member is a remote target of that name show in INQUIRY, and let everything through', async () => {
    const { fixture, near } = world();
    near.members = [{ target: null, name: 't0', relTgtId: 3 }];
    near.state = 'offline';
    expect(await sense(fixture, '00 00 00 00 00 00')).toBe('00');
    expect((await fixture.run('12 00 00 00 24 00', { in: 36 })).dataIn[0]).toBe(0x20);
  });
  it('are looked at before unit attentions, which wait', async () => {
    const { fixture, near } = world();
    near.state = 'standby';
    fixture.server.aluaStateChanged(near, { intoTransitioning: false });
    expect(await sense(fixture, '00 00 00 00 00 00')).toBe('2/040b');
    expect(await sense(fixture, 'a3 0a 00 00 00 00 00 00 00 40 00 00', { in: 64 })).toBe('6/2a06');
  });
});

describe('a transition', () => {
  const READ = '28 00 00 00 00 00 00 00 01 00';
  const begin = (): World & { clock: HandClock } => {
    const made = world();
    const clock = new HandClock();
    made.fixture.core.clock = clock;
    made.near.state = 'transitioning';
    return { ...made, clock };
  };

  it('puts a command off for half a second, and lets it through when it has ended by then', async () => {
    const { fixture, near, clock } = begin();
    const answer = sense(fixture, READ, { in: 512 });
    near.state = 'active';
    await clock.move(499);
    expect(clock.pending).toBe(1);
    await clock.move(1);
    expect(await answer).toBe('00');
  });
  it('refuses what it has put off once', async () => {
    const { fixture, clock } = begin();
    const answer = sense(fixture, READ, { in: 512 });
    await clock.move(500);
    expect(clock.pending).toBe(0);
    expect(await answer).toBe('2/040a');
  });
  it('holds a command that a reset may abort', async () => {
    const { fixture, near, clock } = begin();
    const answer = expect(fixture.run(READ, { in: 512 })).rejects.toMatchObject({ code: 'ABORTED' });
    await fixture.server.reset('lun', fixture.nexus());
    near.state = 'active';
    await clock.move(500);
    await answer;
    fixture.clearAttentions();
    expect(await sense(fixture, READ, { in: 512 })).toBe('00');
  });
});

describe('REPORT TARGET PORT GROUPS', () => {
  const report = async (fixture: Fixture, format: string, length = 256): Promise<string> =>
    toHex((await fixture.run(`a3 ${format} 00 00 00 00 00 00 ${length.toString(16).padStart(4, '0')} 00 00`, { in: length })).dataIn);

  it('lists groups and their ports in order', async () => {
    const { fixture, near, far } = world();
    near.state = 'nonoptimized';
    far.preferred = true;
    far.state = 'offline';
    const groups = '01cf00010002000100000007' + '8ecf00020002000100000063';
    expect(await report(fixture, '0a')).toBe(`00000018${groups}`);
    expect(await report(fixture, '2a')).toBe(`0000001c10000000${groups}`);
    expect(await report(fixture, '0a', 6)).toBe('0000001801cf');
  });
  it('is empty for a device in no group', async () => {
    const { fixture } = world();
    fixture.device.deviceGroup = null;
    expect(await report(fixture, '0a')).toBe('00000000');
    expect(await report(fixture, '2a')).toBe('0000000410000000');
  });
  it('knows two formats, unless nothing is to be returned', async () => {
    const { fixture } = world();
    expect(await sense(fixture, 'a3 4a 00 00 00 00 00 00 00 40 00 00', { in: 64 })).toBe('5/2400');
    expect(await sense(fixture, 'a3 ea 00 00 00 00 00 00 00 00 00 00')).toBe('00');
  });
});

describe('SET TARGET PORT GROUPS', () => {
  const set = async (fixture: Fixture, list: string): Promise<string> => {
    const out = hex(list);
    return await sense(fixture, `a4 0a 00 00 00 00 ${out.length.toString(16).padStart(8, '0')} 00 00`, { out });
  };

  it('is there with expl_alua only', async () => {
    expect(await set(world().fixture, '00000000')).toBe('5/2400');
  });
  it('is good where it asks for what is so already', async () => {
    const { fixture, far } = world({ device: { explAlua: true } });
    far.state = 'standby';
    for (const list of ['', '0000', '00000000', '000000000000', '00000000 00000001 02000002']) expect(await set(fixture, list)).toBe('00');
  });
  it('fails where it asks for a change, a state or a group that there is not', async () => {
    const { fixture } = world({ device: { explAlua: true } });
    for (const list of ['01000001', '04000001', '0f000001', '00000000', '00000009', '00000001 03000002']) {
      expect(await set(fixture, `00000000 ${list}`)).toBe('4/670a');
    }
    fixture.device.deviceGroup = null;
    expect(await set(fixture, '00000000')).toBe('4/670a');
  });
  it('waits for a transition to end', async () => {
    const { fixture, far } = world({ device: { explAlua: true } });
    far.state = 'transitioning';
    expect(await set(fixture, '00000000 00000002')).toBe('2/040a');
  });
  it('takes no more than 64 descriptors', async () => {
    const { fixture } = world({ device: { explAlua: true } });
    expect(await set(fixture, '00000000' + '00000001'.repeat(64))).toBe('00');
    expect(await set(fixture, '00000000' + '00000001'.repeat(65))).toBe('5/2400');
  });
});
