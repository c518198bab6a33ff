import { SERVICE_ACTION } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { RESERVATION_RULES } from './reservation-rules.js';
import { reserveIn } from './reserve-in.js';
import { iscsiTransportId, nexus, sasTransportId, TestUnit } from './testing.js';

const { READ_KEYS, READ_RESERVATION, REPORT_CAPABILITIES, READ_FULL_STATUS } = SERVICE_ACTION.PERSISTENT_RESERVE_IN;
const { REGISTER, RESERVE } = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;

const i0 = nexus('i0', sasTransportId(1));
const i1 = nexus('i1', sasTransportId(2), 2);

function two(type?: number): TestUnit {
  const unit = new TestUnit(i0, i1);
  unit.out(i0, REGISTER, { actionKey: 0x1111_1111_1111_1111n });
  unit.out(i1, REGISTER, { actionKey: 0x2222_2222_2222_2222n });
  if (type !== undefined) unit.out(i0, RESERVE, { type, key: 0x1111_1111_1111_1111n });
  return unit;
}

const FIRST = '1111111111111111000000000105000000000000000000180600' + '00005feede401fade050000000000000000000000000';
const SECOND = '2222222222222222000000000000000000000002000000180600' + '00005feede402fade050000000000000000000000000';

it('needs a buffer of eight bytes for any answer', () => {
  for (const action of [READ_KEYS, READ_RESERVATION, REPORT_CAPABILITIES, READ_FULL_STATUS]) {
    expect(two(5).in(action, 7)).toBe('');
    expect(two(5).in(action, 8)?.length).toBeGreaterThanOrEqual(16);
  }
  expect(two().in(0x04)).toBeUndefined();
});

it('READ KEYS gives whole keys only, and the length of all of them', () => {
  expect(two().in(READ_KEYS, 8)).toBe('0000000200000010');
  expect(two().in(READ_KEYS, 23)).toBe('0000000200000010' + '1111111111111111');
  expect(two().in(READ_KEYS, 24)).toBe('0000000200000010' + '1111111111111111' + '2222222222222222');
});

it('READ RESERVATION names the holder’s key, and zero where all hold it', () => {
  expect(two().in(READ_RESERVATION)).toBe('0000000200000000');
  expect(two(5).in(READ_RESERVATION)).toBe('0000000200000010' + '1111111111111111' + '0000000000050000');
  expect(two(8).in(READ_RESERVATION)).toBe('0000000200000010' + '0000000000000000' + '0000000000080000');
});

describe('REPORT CAPABILITIES', () => {
  it('tells whether APTPL is active', () => {
    const unit = two();
    expect(unit.in(REPORT_CAPABILITIES)).toBe('00081dc0ea010000');
    unit.state.aptpl = true;
    expect(unit.in(REPORT_CAPABILITIES)).toBe('00081dc1ea010000');
  });
  it('leaves the last two bytes as they were only where SCST’s defects are wanted', () => {
    const offered = new Uint8Array(16).fill(0xee);
    const tail = (profile: 'recorded' | 'scst'): number[] => [...(reserveIn(two().state, REPORT_CAPABILITIES, offered, RESERVATION_RULES[profile]) ?? [])].slice(6);
    expect(tail('recorded')).toEqual([0xee, 0xee]);
    expect(tail('scst')).toEqual([0, 0]);
    expect(offered.every((byte) => byte === 0xee)).toBe(true);
  });
});

describe('READ FULL STATUS', () => {
  it('has a descriptor for each registration, the holder marked', () => {
    expect(two(5).in(READ_FULL_STATUS)).toBe('0000000200000060' + FIRST + SECOND);
  });
  it('marks all where all hold it', () => {
    expect(two(7).in(READ_FULL_STATUS)?.match(/0107/g)).toHaveLength(2);
  });
  it('as recorded: wants more room than it needs, and then takes a later descriptor for an earlier one', () => {
    const unit = two(5);
    expect(unit.in(READ_FULL_STATUS, 8)).toBe('0000000200000060' + SECOND);
    expect(unit.in(READ_FULL_STATUS, 8 + 48)).toBe('0000000200000060');
    expect(unit.in(READ_FULL_STATUS, 8 + 49)).toBe('0000000200000060' + FIRST);
    expect(unit.in(READ_FULL_STATUS, 8 + 96)).toBe('0000000200000060' + FIRST);
    expect(unit.in(READ_FULL_STATUS, 8 + 97)).toBe('0000000200000060' + FIRST + SECOND);
  });
  it('otherwise never loses a descriptor; the allocation length cuts the end off', () => {
    const unit = two(5);
    unit.profile = 'scst';
    expect(unit.in(READ_FULL_STATUS, 8)).toBe('0000000200000060' + FIRST + SECOND);
  });
  it('has room for TransportIDs of any length', () => {
    const iscsi = nexus('iscsi', iscsiTransportId('iqn.2026-01.com.example:host1', '00023d000001'));
    const unit = new TestUnit(iscsi);
    unit.out(iscsi, REGISTER, { actionKey: 1n });
    const { transportId } = iscsi.session;
    expect(unit.in(READ_FULL_STATUS)).toBe(
      `00000001000000${(24 + transportId.length).toString(16)}00000000000000010000000000000000000000000000` +
        `00${transportId.length.toString(16)}${Buffer.from(transportId).toString('hex')}`,
    );
  });
});
