import { describe, expect, it } from 'vitest';
import { RESERVATION_TYPE, SERVICE_ACTION } from '@scst/scsi';
import { iscsiTransportId, moveList, nexus, parameterList, sasTransportId, summary, TestUnit, type TestNexus } from './testing.js';

const { REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_AND_ABORT, REGISTER_AND_IGNORE_EXISTING_KEY, REGISTER_AND_MOVE } = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;
const APTPL = 0x01;
const ALL_TG_PT = 0x04;
const SPEC_I_PT = 0x08;
const TYPES = Object.values(RESERVATION_TYPE);

const i0 = nexus('i0', sasTransportId(1));
const i1 = nexus('i1', sasTransportId(2));
const i2 = nexus('i2', sasTransportId(3));

/** i0, i1 and i2 registered under keys 11h, 22h and 33h. */
function registered(): TestUnit {
  const unit = new TestUnit(i0, i1, i2);
  for (const [each, key] of [[i0, 0x11n], [i1, 0x22n], [i2, 0x33n]] as const) unit.out(each, REGISTER, { actionKey: key });
  return unit;
}

function reserved(type: number, holder: TestNexus = i0, key = 0x11n): TestUnit {
  const unit = registered();
  expect(summary(unit.out(holder, RESERVE, { type, key }))).toBe('good');
  return unit;
}

const keys = (unit: TestUnit): bigint[] => unit.state.registrations.map(({ key }) => key);

describe('the order of checks', () => {
  it('looks for a registration before anything else, but in the two that make one', () => {
    const unit = new TestUnit(i0);
    for (const action of [RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_AND_ABORT, REGISTER_AND_MOVE, 0x08, 0x1f]) {
      expect(summary(unit.out(i0, action, { scope: 1, flags: SPEC_I_PT | ALL_TG_PT }))).toBe('conflict');
    }
  });
  it('then at the scope, SPEC_I_PT, ALL_TG_PT, and then at the list length', () => {
    const unit = registered();
    const odd = parameterList({ key: 0x11n, flags: SPEC_I_PT | ALL_TG_PT, transportIds: [] });
    expect(summary(unit.out(i0, RESERVE, { scope: 1, parameters: odd }))).toBe('24/00 cdb 2.4');
    expect(summary(unit.out(i0, RESERVE, { parameters: odd }))).toBe('26/00 parameters 20.3');
    odd[20] = ALL_TG_PT;
    expect(summary(unit.out(i0, RESERVE, { parameters: odd }))).toBe('26/00 parameters 20.2');
    odd[20] = 0;
    for (const action of [REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_AND_ABORT, REGISTER_AND_IGNORE_EXISTING_KEY]) {
      expect(summary(unit.out(i0, action, { type: 1, parameters: odd }))).toBe('1a/00');
    }
  });
  it('CLEAR and the registrations do not look at the scope', () => {
    const unit = registered();
    expect(summary(unit.out(i0, REGISTER, { scope: 3, key: 0x11n, actionKey: 0x44n }))).toBe('good');
    expect(summary(unit.out(i0, REGISTER_AND_IGNORE_EXISTING_KEY, { scope: 3, actionKey: 0x11n }))).toBe('good');
    expect(summary(unit.out(i0, CLEAR, { scope: 3, key: 0x11n }))).toBe('good i1:2a/03 i2:2a/03');
  });
  it('tells a registrant of an unknown service action, after scope and flags', () => {
    const unit = registered();
    expect(summary(unit.out(i0, 0x1e, { key: 0x11n }))).toBe('24/00 cdb 1.0');
    expect(summary(unit.out(i0, 0x1e, { scope: 2 }))).toBe('24/00 cdb 2.4');
    expect(summary(unit.out(i0, 0x1e, { flags: ALL_TG_PT }))).toBe('26/00 parameters 20.2');
  });
  it('takes an empty parameter list for nothing to do', () => {
    const unit = new TestUnit(i0);
    expect(summary(unit.out(i0, PREEMPT, { parameters: new Uint8Array(0) }))).toBe('good');
    expect(unit.state.generation).toBe(0);
  });
});

describe('REGISTER', () => {
  it('wants the key zero of the unregistered, and the right one of others', () => {
    const unit = new TestUnit(i0, i1);
    expect(summary(unit.out(i0, REGISTER, { key: 9n, actionKey: 1n }))).toBe('conflict');
    expect(summary(unit.out(i0, REGISTER, { actionKey: 1n }))).toBe('good');
    expect(summary(unit.out(i0, REGISTER, { actionKey: 2n }))).toBe('conflict');
    expect(summary(unit.out(i0, REGISTER, { key: 1n, actionKey: 2n }))).toBe('good');
    expect(keys(unit)).toEqual([2n]);
    expect(unit.state.generation).toBe(2);
  });
  it('counts a generation even where the unregistered unregister', () => {
    const unit = new TestUnit(i0);
    expect(summary(unit.out(i0, REGISTER))).toBe('good');
    expect(summary(unit.out(i0, REGISTER_AND_IGNORE_EXISTING_KEY, { key: 77n }))).toBe('good');
    expect(unit.state.generation).toBe(2);
    expect(keys(unit)).toEqual([]);
  });
  it('keeps the place of a changed key, and appends a registration made anew', () => {
    const unit = registered();
    unit.out(i1, REGISTER, { key: 0x22n, actionKey: 0x99n });
    expect(keys(unit)).toEqual([0x11n, 0x99n, 0x33n]);
    unit.out(i1, REGISTER, { key: 0x99n });
    unit.out(i1, REGISTER, { actionKey: 0x22n });
    expect(keys(unit)).toEqual([0x11n, 0x33n, 0x22n]);
  });
  it('takes APTPL from each successful registration, and from nothing else', () => {
    const unit = new TestUnit(i0);
    unit.out(i0, REGISTER, { actionKey: 1n, flags: APTPL });
    unit.out(i0, REGISTER, { key: 5n, actionKey: 1n });
    expect(unit.state.aptpl).toBe(true);
    unit.out(i0, RESERVE, { key: 1n, type: 1 });
    expect(unit.state.aptpl).toBe(true);
    unit.out(i0, REGISTER_AND_IGNORE_EXISTING_KEY, { actionKey: 1n });
    expect(unit.state.aptpl).toBe(false);
  });
  it('through a second LUN of a session finds the session registered, and changes nothing', () => {
    const lun0 = nexus('lun0', sasTransportId(1));
    const lun1 = nexus('lun1', sasTransportId(1));
    const unit = new TestUnit(lun0, lun1);
    unit.out(lun0, REGISTER, { actionKey: 1n });
    expect(summary(unit.out(lun1, REGISTER, { actionKey: 2n }))).toBe('good');
    expect(keys(unit)).toEqual([1n]);
    expect(unit.state.generation).toBe(2);
    expect(summary(unit.out(lun1, RESERVE, { key: 1n, type: 1 }))).toBe('conflict');
  });
});

describe('SPEC_I_PT', () => {
  it('registers those named, connected or not, and then the sender', () => {
    const unit = new TestUnit(i0, i1);
    expect(summary(unit.out(i0, REGISTER, { actionKey: 7n, flags: SPEC_I_PT, transportIds: [sasTransportId(9), sasTransportId(2)] }))).toBe('good');
    expect(unit.state.registrations.map(({ transportId }) => transportId)).toEqual([sasTransportId(9), sasTransportId(2), sasTransportId(1)]);
    expect(unit.state.registrationOf(i1)?.key).toBe(7n);
  });
  it('gives a registration that is there the new key', () => {
    const unit = new TestUnit(i0, i1);
    unit.out(i1, REGISTER, { actionKey: 1n });
    unit.out(i0, REGISTER, { actionKey: 7n, flags: SPEC_I_PT, transportIds: [sasTransportId(2)] });
    expect(keys(unit)).toEqual([7n, 7n]);
  });
  it('refuses the registered, and lists that do not add up, and then registers nobody', () => {
    const unit = new TestUnit(i0);
    const list = parameterList({ actionKey: 7n, flags: SPEC_I_PT, transportIds: [sasTransportId(9), sasTransportId(8)] });
    const cut = (length: number, listLength: number): Uint8Array => {
      const bytes = list.slice(0, length);
      new DataView(bytes.buffer).setUint32(24, listLength);
      return bytes;
    };
    expect(summary(unit.out(i0, REGISTER, { parameters: cut(76, 49) }))).toBe('1a/00');
    expect(summary(unit.out(i0, REGISTER, { parameters: cut(76, 0xffff_fff0) }))).toBe('1a/00');
    expect(summary(unit.out(i0, REGISTER, { parameters: cut(76, 47) }))).toBe('26/00 parameters 24');
    expect(summary(unit.out(i0, REGISTER, { parameters: list.slice(0, 24) }))).toBe('1a/00');
    expect(keys(unit)).toEqual([]);
    expect(unit.state.generation).toBe(0);
    unit.out(i0, REGISTER, { actionKey: 7n });
    expect(summary(unit.out(i0, REGISTER, { key: 7n, actionKey: 8n, flags: SPEC_I_PT, transportIds: [] }))).toBe('26/00 parameters 20.3');
  });
  it('takes an iSCSI name without an ISID for those of its ports that are connected', () => {
    const name = 'iqn.2026-01.com.example:h';
    const first = nexus('first', iscsiTransportId(name, '00023d000001'));
    const second = nexus('second', iscsiTransportId(name.toUpperCase(), '00023d000002'));
    const unit = new TestUnit(i0, first, second);
    unit.out(i0, REGISTER, { actionKey: 7n, flags: SPEC_I_PT, transportIds: [iscsiTransportId(name), iscsiTransportId('iqn.nobody')] });
    expect(unit.state.registrations.map(({ transportId }) => transportId)).toEqual([first.session.transportId, second.session.transportId, sasTransportId(1)]);
  });
});

describe('ALL_TG_PT', () => {
  it('registers the sender through every identified port of its protocol, and remote ones', () => {
    const sender = nexus('sender', sasTransportId(1), 1);
    const unit = new TestUnit(sender);
    unit.ports = { local: (protocol) => (protocol === 6 ? [1, 0, 2] : [5]), remote: () => [99, 0] };
    unit.out(sender, REGISTER, { actionKey: 7n, flags: ALL_TG_PT });
    expect(unit.state.registrations.map(({ relativeTargetPort }) => relativeTargetPort)).toEqual([1, 2, 99]);
    expect(unit.state.registrationOf(sender)?.relativeTargetPort).toBe(1);
    unit.out(sender, REGISTER, { key: 7n, flags: ALL_TG_PT });
    expect(unit.state.registrations.map(({ relativeTargetPort }) => relativeTargetPort)).toEqual([99]);
  });
  it('registers nobody where no port is identified, but under t10', () => {
    const unit = new TestUnit(i0);
    unit.ports = { local: () => [0, 0], remote: () => [] };
    expect(summary(unit.out(i0, REGISTER, { actionKey: 7n, flags: ALL_TG_PT }))).toBe('good');
    expect(keys(unit)).toEqual([]);
    expect(unit.state.generation).toBe(1);
    unit.profile = 't10';
    unit.out(i0, REGISTER, { actionKey: 7n, flags: ALL_TG_PT });
    expect(keys(unit)).toEqual([7n]);
  });
  it('goes together with SPEC_I_PT: each named port through each target port', () => {
    const unit = new TestUnit(i0);
    unit.ports = { local: () => [1, 2], remote: () => [] };
    unit.out(i0, REGISTER, { actionKey: 7n, flags: ALL_TG_PT | SPEC_I_PT, transportIds: [sasTransportId(9)] });
    expect(unit.state.registrations.map(({ transportId, relativeTargetPort }) => [transportId[8], relativeTargetPort])).toEqual([
      [0x9f, 1],
      [0x1f, 1],
      [0x9f, 2],
      [0x1f, 2],
    ]);
  });
});

describe('RESERVE', () => {
  it('is held by one, and by all registrants where the type says so', () => {
    for (const type of TYPES) {
      const unit = reserved(type);
      const others = type === 7 || type === 8 ? 'good' : 'conflict';
      expect(summary(unit.out(i0, RESERVE, { type, key: 0x11n }))).toBe('good');
      expect(summary(unit.out(i1, RESERVE, { type, key: 0x22n }))).toBe(others);
      expect(summary(unit.out(i0, RESERVE, { type: type === 1 ? 3 : 1, key: 0x11n }))).toBe('conflict');
      expect(unit.state.generation).toBe(3);
    }
  });
  it('knows six types', () => {
    const unit = registered();
    for (const type of [0, 2, 4, 9, 15]) expect(summary(unit.out(i0, RESERVE, { type, key: 0x11n }))).toBe('24/00 cdb 2.0');
    expect(summary(unit.out(i0, RESERVE, { type: 1, key: 0x22n }))).toBe('conflict');
  });
});

describe('RELEASE', () => {
  it('by someone else does nothing; with the wrong type it is refused', () => {
    const unit = reserved(3);
    expect(summary(unit.out(i1, RELEASE, { type: 3, key: 0x22n }))).toBe('good');
    expect(summary(unit.out(i0, RELEASE, { type: 1, key: 0x11n }))).toBe('26/04');
    expect(unit.state.reservation?.type).toBe(3);
  });
  it('tells the other registrants of types 5 to 8', () => {
    for (const type of TYPES) {
      const unit = reserved(type);
      expect(summary(unit.out(i0, RELEASE, { type, key: 0x11n }))).toBe(type >= 5 ? 'good i1:2a/04 i2:2a/04' : 'good');
      expect(unit.state.reservation).toBeNull();
    }
  });
});

describe('unregistering the holder', () => {
  it('ends the reservation; types 5 and 6 tell those who remain, 7 and 8 live on until the last has gone', () => {
    for (const type of TYPES) {
      const unit = reserved(type);
      expect(summary(unit.out(i0, REGISTER, { key: 0x11n }))).toBe(type === 5 || type === 6 ? 'good i1:2a/04 i2:2a/04' : 'good');
      expect(unit.state.reservation === null).toBe(type < 7);
      if (type < 7) continue;
      unit.out(i1, REGISTER, { key: 0x22n });
      expect(unit.state.reservation?.type).toBe(type);
      expect(summary(unit.out(i2, REGISTER_AND_IGNORE_EXISTING_KEY))).toBe('good');
      expect(unit.state.reservation).toBeNull();
    }
  });
});

describe('PREEMPT', () => {
  it('without a reservation takes away the registrations under a key', () => {
    const unit = registered();
    expect(summary(unit.out(i0, PREEMPT, { type: 1, key: 0x11n, actionKey: 0x22n }))).toBe('good i1:2a/05');
    expect(summary(unit.out(i0, PREEMPT, { type: 1, key: 0x11n, actionKey: 0x22n }))).toBe('conflict');
    expect(summary(unit.out(i0, PREEMPT, { type: 1, key: 0x11n }))).toBe('conflict');
    expect(keys(unit)).toEqual([0x11n, 0x33n]);
  });
  it('of the holder takes the reservation over, and tells the others when its type changes', () => {
    const unit = reserved(3);
    expect(summary(unit.out(i1, PREEMPT, { type: 1, key: 0x22n, actionKey: 0x11n }))).toBe('good i0:2a/05 i2:2a/04');
    expect(unit.state.reservation).toEqual({ type: 1, scope: 0 });
    expect(unit.state.holder?.key).toBe(0x22n);
    expect(keys(unit)).toEqual([0x22n, 0x33n]);
  });
  it('with the holder’s own key changes the type in place', () => {
    const unit = reserved(1);
    expect(summary(unit.out(i0, PREEMPT, { type: 6, key: 0x11n, actionKey: 0x11n }))).toBe('good i1:2a/04 i2:2a/04');
    expect(keys(unit)).toEqual([0x11n, 0x22n, 0x33n]);
    expect(unit.state.reservation?.type).toBe(6);
  });
  it('of someone who does not hold it leaves the reservation; who names himself goes himself', () => {
    const unit = reserved(1);
    expect(summary(unit.out(i1, PREEMPT, { type: 1, key: 0x22n, actionKey: 0x33n }))).toBe('good i2:2a/05');
    expect(summary(unit.out(i1, PREEMPT, { type: 1, key: 0x22n, actionKey: 0x22n }))).toBe('good');
    expect(keys(unit)).toEqual([0x11n]);
    expect(unit.state.holder?.key).toBe(0x11n);
  });
  it('with key zero is for all-registrants reservations', () => {
    expect(summary(reserved(1).out(i1, PREEMPT, { type: 1, key: 0x22n }))).toBe('26/00 parameters 8');
    for (const type of [7, 8]) {
      const unit = reserved(type);
      expect(summary(unit.out(i2, PREEMPT, { type: 3, key: 0x33n }))).toBe('good i0:2a/05 i1:2a/05');
      expect(keys(unit)).toEqual([0x33n]);
      expect(unit.in(1)).toBe('0000000400000010' + '0000000000000033' + '0000000000030000');
    }
  });
  it('of one of all registrants leaves the reservation to the others', () => {
    const unit = reserved(8);
    expect(summary(unit.out(i1, PREEMPT, { type: 1, key: 0x22n, actionKey: 0x11n }))).toBe('good i0:2a/05');
    expect(unit.state.reservation?.type).toBe(8);
    expect(summary(unit.out(i1, PREEMPT, { type: 1, key: 0x22n, actionKey: 0x11n }))).toBe('conflict');
  });
  it('points at the wrong byte for a reserved type, but under t10', () => {
    const unit = registered();
    expect(summary(unit.out(i0, PREEMPT, { type: 9, key: 0x11n }))).toBe('24/00 cdb 1.0');
    unit.profile = 't10';
    expect(summary(unit.out(i0, PREEMPT, { type: 9, key: 0x11n }))).toBe('24/00 cdb 2.3');
  });
  it('AND ABORT aborts the commands of each preempted nexus before it is told', () => {
    const unit = reserved(7);
    expect(summary(unit.out(i2, PREEMPT_AND_ABORT, { type: 3, key: 0x33n }))).toBe('good i0:abort i0:2a/05 i1:abort i1:2a/05');
    const own = reserved(1);
    expect(summary(own.out(i0, PREEMPT_AND_ABORT, { type: 1, key: 0x11n, actionKey: 0x11n }))).toBe('good i0:abort');
  });
  it('does not speak to a registration without a nexus', () => {
    const unit = reserved(1);
    unit.state.detach(i0);
    expect(summary(unit.out(i1, PREEMPT_AND_ABORT, { type: 1, key: 0x22n, actionKey: 0x11n }))).toBe('good');
  });
});

describe('REGISTER AND MOVE', () => {
  const move = (options: Partial<Parameters<typeof moveList>[0]> = {}): Uint8Array =>
    moveList({ key: 0x11n, actionKey: 0x55n, port: 0, transportId: sasTransportId(9), ...options });

  it('registers the new holder, connected or not, and unregisters the old one if asked', () => {
    const unit = reserved(1);
    expect(summary(unit.out(i0, REGISTER_AND_MOVE, { parameters: move({ flags: APTPL }) }))).toBe('good');
    expect(keys(unit)).toEqual([0x11n, 0x22n, 0x33n, 0x55n]);
    expect(unit.state.holder?.key).toBe(0x55n);
    expect(unit.state.aptpl).toBe(true);
    expect(unit.state.generation).toBe(4);
    expect(summary(unit.out(i0, REGISTER_AND_MOVE, { parameters: move() }))).toBe('conflict');

    const again = reserved(5);
    expect(summary(again.out(i0, REGISTER_AND_MOVE, { parameters: move({ flags: 0x02, transportId: sasTransportId(2) }) }))).toBe('good');
    expect(keys(again)).toEqual([0x55n, 0x33n]);
    expect(again.state.holder?.nexus).toBe(i1);
  });
  it('refuses in this order: lengths, key, no reservation, not the holder, key zero, all registrants, own TransportID', () => {
    const out = (unit: TestUnit, options?: Parameters<typeof move>[0], from = i0): string => summary(unit.out(from, REGISTER_AND_MOVE, { type: 1, parameters: move(options) }));
    const none = registered();
    expect(out(none, { length: 25 })).toBe('26/00');
    expect(out(none, { length: 23 })).toBe('26/00 parameters 20');
    expect(out(none, { key: 9n })).toBe('conflict');
    expect(out(none)).toBe('24/00');
    const unit = reserved(1);
    expect(out(unit, { key: 0x22n }, i1)).toBe('conflict');
    expect(out(unit, { actionKey: 0n })).toBe('24/00 cdb 8');
    expect(out(unit, { transportId: Uint8Array.of(0x45, 0, 0, 0xff, ...new Uint8Array(20)) })).toBe('26/00');
    expect(out(reserved(7))).toBe('conflict');
    expect(out(unit, { port: 4, transportId: sasTransportId(1) })).toBe('26/00 parameters 24');
  });
});

describe('a TRANSPORTID LENGTH near 2^32', () => {
  const out = (profile: TestUnit['profile'], length: number): string => {
    const unit = reserved(1);
    unit.profile = profile;
    return summary(unit.out(i0, REGISTER_AND_MOVE, { parameters: moveList({ key: 0x11n, actionKey: 0x55n, port: 0, transportId: sasTransportId(9), length }) }));
  };
  it('is too long', () => {
    for (const length of [0xffff_ffe8, 0xffff_fff0, 0xffff_ffff]) for (const profile of ['scst', 't10'] as const) expect(out(profile, length)).toBe('26/00');
  });
  it('fits where the sum is kept in 32 bits, as SCST does', () => {
    expect(out('recorded', 0xffff_ffe7)).toBe('26/00');
    for (const length of [0xffff_ffe8, 0xffff_fff0, 0xffff_ffff]) expect(out('recorded', length)).toBe('good');
  });
});

describe('sessions that go', () => {
  it('leave their registrations behind, for the same ports to take up again', () => {
    const unit = reserved(3);
    unit.state.detach(i0);
    expect(keys(unit)).toEqual([0x11n, 0x22n, 0x33n]);
    const stranger = nexus('stranger', sasTransportId(4));
    unit.state.attach(stranger);
    expect(unit.state.registrationOf(stranger)).toBeUndefined();
    const back = nexus('back', sasTransportId(1));
    unit.state.attach(back);
    expect(unit.state.registrationOf(back)?.key).toBe(0x11n);
    expect(unit.state.isHolder(unit.state.registrations[0]!)).toBe(true);
  });
  it('hand them to another LUN of the session that is still there', () => {
    const lun0 = nexus('lun0', sasTransportId(1));
    const lun1 = nexus('lun1', sasTransportId(1));
    const unit = new TestUnit(lun0, lun1);
    unit.out(lun0, REGISTER, { actionKey: 1n });
    unit.state.detach(lun0);
    expect(unit.state.registrationOf(lun1)?.key).toBe(1n);
  });
  it('take up the registration of the name they are given later, and let go of their former one', () => {
    const named = { name: 'named', session: { transportId: sasTransportId(1), target: { relTgtId: 0 } } };
    const unit = new TestUnit(named, i1);
    unit.out(named, REGISTER, { actionKey: 1n });
    unit.out(i1, REGISTER, { actionKey: 2n });
    unit.state.detach(i1);
    named.session.transportId = sasTransportId(2);
    unit.state.rename(named);
    expect(unit.state.registrationOf(named)?.key).toBe(2n);
    expect(unit.state.registrations.map((registration) => registration.nexus?.name)).toEqual([undefined, 'named']);
    unit.state.rename(named);
    expect(unit.state.registrationOf(named)?.key).toBe(2n);
  });
});
