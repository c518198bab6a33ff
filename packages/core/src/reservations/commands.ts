import { OPCODE, readU8, STATUS } from '@scst/scsi';
import { type CommandRow, defineCommand } from '../commands/command.js';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { DeviceReservations } from './device-reservations.js';
import { reserveIn } from './reserve-in.js';
import { reserveOut, type ReserveOutResult } from './reserve-out.js';

const NOTHING = new Uint8Array(0);

/** 3RDPTY of RESERVE (10), bit 4 of byte 1 in SPC-2; SCST looks for it in byte 2. */
const THIRD_PARTY = 0x10;

const reserve6 = defineCommand({
  opcode: OPCODE.RESERVE_6,
  name: 'RESERVE (6)',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'reserve',
  alua: 'standby',
  exclusive: true,
  local: true,
  worksInactive: true,
  report: { order: 36, usage: [0x16, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: reserve,
});

const reserve10 = defineCommand({
  opcode: OPCODE.RESERVE_10,
  name: 'RESERVE (10)',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'reserve',
  alua: 'standby',
  exclusive: true,
  local: true,
  worksInactive: true,
  report: { order: 38, usage: [0x56, 0, 0, 0, 0, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: (command) => {
    if ((readU8(command.cdb, 2) & THIRD_PARTY) === 0) reserve(command);
    else command.invalidFieldInCdb(2, 4);
  },
});

const release6 = defineCommand({
  opcode: OPCODE.RELEASE_6,
  name: 'RELEASE (6)',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'release',
  alua: 'standby',
  exclusive: true,
  local: true,
  worksInactive: true,
  report: { order: 37, usage: [0x17, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: release,
});

const release10 = defineCommand({
  opcode: OPCODE.RELEASE_10,
  name: 'RELEASE (10)',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'release',
  alua: 'standby',
  exclusive: true,
  local: true,
  worksInactive: true,
  report: { order: 39, usage: [0x57, 0, 0, 0, 0, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: release,
});

/** RESERVE, SPC-2 7.21. */
function reserve(command: ActiveCommand): void {
  if (endedByPersistentReservations(command)) return;
  const { spc2 } = command.server.reservations;
  // The handler sees the command too, so a drive without a medium reserves, and then reports that it has none.
  if (spc2.reserve(command.session)) command.server.passToHandler(command);
  else command.end(STATUS.RESERVATION_CONFLICT);
}

/** RELEASE, SPC-2 7.22: from anybody but the holder it does nothing, and succeeds. */
function release(command: ActiveCommand): void {
  if (endedByPersistentReservations(command)) return;
  const { spc2 } = command.server.reservations;
  if (spc2.isHeldAgainst(command.session)) {
    command.good();
    return;
  }
  spc2.release(command.session);
  command.server.passToHandler(command);
}

/**
 * Compatible reservation handling (SPC-5 5.14.3): while anything is registered, RESERVE and RELEASE do nothing; they succeed
 * for those with rights under the persistent reservation, and conflict for everybody else.
 */
function endedByPersistentReservations(command: ActiveCommand): boolean {
  const { persistent } = command.server.reservations;
  if (persistent.registrations.length === 0) return false;
  if (persistent.isCompatible(command.nexus)) command.good();
  else command.end(STATUS.RESERVATION_CONFLICT);
  return true;
}

/** PERSISTENT RESERVE IN, SPC-5 6.16. */
const persistentReserveIn = defineCommand({
  opcode: OPCODE.PERSISTENT_RESERVE_IN,
  name: 'PERSISTENT RESERVE IN',
  on: ['disk'],
  direction: 'in',
  length: { at: 5, bytes: 4 },
  whileReserved: 'persistent',
  alua: 'standby',
  exclusive: true,
  local: true,
  report: { order: 40, usage: [0x5e, 0x1f, 0, 0, 0, 0, 0, 0xff, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    const { reservations } = command.server;
    if (conflictsWithSpc2(command, reservations)) return;
    const buffer = command.transferLength === 0 ? null : command.task.dataIn;
    if (buffer === null) {
      command.good();
      return;
    }
    const data = reserveIn(reservations.persistent, command.serviceAction, buffer, reservations.rules);
    if (data === undefined) command.invalidFieldInCdb(1, 0);
    else command.reply(data);
  },
});

/** PERSISTENT RESERVE OUT, SPC-5 6.17. */
const persistentReserveOut = defineCommand({
  opcode: OPCODE.PERSISTENT_RESERVE_OUT,
  name: 'PERSISTENT RESERVE OUT',
  on: ['disk'],
  direction: 'out',
  length: { at: 5, bytes: 4 },
  whileReserved: 'persistent',
  alua: 'standby',
  exclusive: true,
  local: true,
  report: { order: 41, usage: [0x5f, 0x1f, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    const { server, nexus, cdb } = command;
    const { reservations } = server;
    if (conflictsWithSpc2(command, reservations)) return;
    const parameters = command.transferLength === 0 ? NOTHING : (command.task.dataOut ?? NOTHING);
    const { persistent, rules, ports } = reservations;
    const { result, effects } = reserveOut(persistent, { nexus, cdb, parameters, rules, ports });
    const aborts: Promise<void>[] = [];
    for (const effect of effects) {
      if (effect.kind === 'attention') effect.nexus.raise(effect.condition);
      else aborts.push(server.abortForPreemption(effect.nexus, command));
    }
    const saved = result.kind === 'good' && parameters.length > 0 ? reservations.save() : undefined;
    if (saved === undefined && aborts.length === 0) end(command, result);
    else void endLater(command, aborts, saved);
  },
});

/** SPC-2's reservation shuts the commands of persistent ones out, its own holder's too (SPC-2 5.5.1). */
function conflictsWithSpc2(command: ActiveCommand, { spc2 }: DeviceReservations): boolean {
  if (spc2.holder === null) return false;
  command.end(STATUS.RESERVATION_CONFLICT);
  return true;
}

function end(command: ActiveCommand, result: ReserveOutResult): void {
  if (result.kind === 'good') command.good();
  else if (result.kind === 'conflict') command.end(STATUS.RESERVATION_CONFLICT);
  else if (result.place === undefined) command.fail(result.condition);
  else if (result.place.in === 'cdb') command.invalidFieldInCdb(result.place.byte, result.place.bit);
  else command.invalidFieldInParameterList(result.place.byte, result.place.bit);
}

/**
 * GOOD means that the aborted commands have ended, and that APTPL's promise is kept. What cannot be saved is a matter for the
 * machine's administrator: the reservation itself stands, and the initiator is not told otherwise.
 */
async function endLater(command: ActiveCommand, aborts: readonly Promise<void>[], saved: Promise<void> | undefined): Promise<void> {
  const [saving] = await Promise.allSettled([saved, ...aborts]);
  if (saving.status === 'rejected') {
    const reason = saving.reason instanceof Error ? saving.reason.message : String(saving.reason);
    process.emitWarning(`persistent reservations of device ${command.nexus.device.name} could not be saved: ${reason}`, { code: 'SCST_RESERVATIONS_NOT_SAVED' });
  }
  command.good();
}

export const reservationCommands: readonly CommandRow[] = [reserve6, reserve10, release6, release10, persistentReserveIn, persistentReserveOut];
