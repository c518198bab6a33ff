import { SERVICE_ACTION } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { RESERVATION_CLASSES, type ReservationClass } from '../commands/command.js';
import { findCommand } from '../commands/table.js';
import { nexus, sasTransportId, TestUnit } from './testing.js';

const { REGISTER, RESERVE } = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;

/** SPEC 13: for each reservation type an unregistered session and a registrant that does not hold it; last, another session's RESERVE. */
const COLUMNS = ['1u', '1r', '3u', '3r', '5u', '5r', '6u', '6r', '7u', '7r', '8u', '8r', 'R'] as const;

/** The rows of the table, each with one command of its kind; `x` is RESERVATION CONFLICT. */
const TABLE: readonly (readonly [commands: string, row: string])[] = [
  ['00 12 03 a0 25 9e10 1b00000001 1e 4d a30a a305 ff', '. . . . . . . . . . . . .'],
  ['1a 5a 08 28 a8 88 2f af 8f 1c 3c a30c a30d 34', '. . x x . . x . . . x . x'],
  ['15 55 0a 2a aa 8a 2e ae 8e 35 91 41 93 42 89 04 1b 1e00000001 4c 1d 3b a40a 83 07', 'x x x x x . x . x . x . x'],
  ['5e 84', '. . . . . . . . . . . . x'],
];

const holder = nexus('holder', sasTransportId(1));
const registrant = nexus('registrant', sasTransportId(2));
const stranger = nexus('stranger', sasTransportId(3));

function persistentlyReserved(type: number): TestUnit {
  const unit = new TestUnit(holder, registrant, stranger);
  unit.out(holder, REGISTER, { actionKey: 1n });
  unit.out(registrant, REGISTER, { actionKey: 2n });
  unit.out(holder, RESERVE, { type, key: 1n });
  return unit;
}

function conflictsIn(column: (typeof COLUMNS)[number], reservationClass: ReservationClass): boolean {
  const may = RESERVATION_CLASSES[reservationClass];
  if (column === 'R') return !may.reserve;
  return !persistentlyReserved(Number(column[0])).state.allows(column[1] === 'u' ? stranger : registrant, may);
}

describe('the conflict matrix of SPEC 13', () => {
  for (const [commands, row] of TABLE) {
    for (const hex of commands.split(' ')) {
      it(`${hex}: ${row}`, () => {
        const cdb = new Uint8Array(16);
        cdb.set(Buffer.from(hex, 'hex'));
        const { whileReserved } = findCommand('disk', 'scst', cdb);
        const reservationClass = typeof whileReserved === 'function' ? whileReserved(cdb) : whileReserved;
        expect(COLUMNS.map((column) => (conflictsIn(column, reservationClass) ? 'x' : '.')).join(' ')).toBe(row);
      });
    }
  }
  it('never keeps the holder out', () => {
    for (const type of [1, 3, 5, 6, 7, 8]) expect(persistentlyReserved(type).state.allows(holder, RESERVATION_CLASSES.writes)).toBe(true);
  });
});

describe('compatible reservation handling', () => {
  it('is for the holder, and for every registrant of the types that give them rights', () => {
    for (const type of [1, 3, 5, 6, 7, 8]) {
      const { state } = persistentlyReserved(type);
      expect(state.isCompatible(holder)).toBe(true);
      expect(state.isCompatible(registrant)).toBe(type >= 5);
      expect(state.isCompatible(stranger)).toBe(false);
    }
  });
  it('does not exist while nothing is reserved', () => {
    const unit = new TestUnit(holder);
    unit.out(holder, REGISTER, { actionKey: 1n });
    expect(unit.state.isCompatible(holder)).toBe(false);
  });
});
