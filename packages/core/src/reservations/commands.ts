import { OPCODE, readU8, SENSE_CONDITION, SERVICE_ACTION, STATUS } from '@scst/scsi';
import { type CommandRow, defineCommand } from '../commands/command.js';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { Nexus } from '../nexus/nexus.js';
import type { DeviceReservations } from './device-reservations.js';
import { reserveIn } from './reserve-in.js';
import { reserveOut, type ReserveOutEffect, type ReserveOutResult } from './reserve-out.js';

const NOTHING = new Uint8Array(0);

/** 3RDPTY of RESERVE (10), bit 4 of byte 1 in SPC-2; SCST looks for it in byte 2. */
const THIRD_PARTY = 0x10;

/** What the commands of reservations have in common. */
const common = { alua: 'standby', exclusive: true, local: true } as const satisfies Partial<CommandRow>;

const spc2 = { ...common, on: ['disk', 'cdrom'], direction: 'none', worksInactive: true } as const satisfies Partial<CommandRow>;

const reserve6 = defineCommand({
  ...spc2,
  opcode: OPCODE.RESERVE_6,
  name: 'RESERVE (6)',
  whileReserved: 'reserve',
  report: { order: 36, usage: [0x16, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: reserve,
});

const reserve10 = defineCommand({
  ...spc2,
  opcode: OPCODE.RESERVE_10,
  name: 'RESERVE (10)',
  whileReserved: 'reserve',
  report: { order: 38, usage: [0x56, 0, 0, 0, 0, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: (command) => {
    if ((readU8(command.cdb, 2) & THIRD_PARTY) === 0) reserve(command);
    else command.invalidFieldInCdb(2, 4);
  },
});

const release6 = defineCommand({
  ...spc2,
  opcode: OPCODE.RELEASE_6,
  name: 'RELEASE (6)',
  whileReserved: 'release',
  report: { order: 37, usage: [0x17, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: release,
});

const release10 = defineCommand({
  ...spc2,
  opcode: OPCODE.RELEASE_10,
  name: 'RELEASE (10)',
  whileReserved: 'release',
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

const persistent = { ...common, on: ['disk'], length: { at: 5, bytes: 4 }, whileReserved: 'persistent' } as const satisfies Partial<CommandRow>;

/** PERSISTENT RESERVE IN, SPC-5 6.16. */
const persistentReserveIn = defineCommand({
  ...persistent,
  opcode: OPCODE.PERSISTENT_RESERVE_IN,
  name: 'PERSISTENT RESERVE IN',
  direction: 'in',
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
    else command.reply(data, writesBeyondBuffer(command, reservations) ? Math.min(data.length, command.transferLength) : undefined);
  },
});

/** SCST stores descriptors of READ FULL STATUS that the initiator's buffer has no room for, and the residual counts them, up to the allocation length. */
function writesBeyondBuffer(command: ActiveCommand, { rules }: DeviceReservations): boolean {
  return command.serviceAction === SERVICE_ACTION.PERSISTENT_RESERVE_IN.READ_FULL_STATUS && rules.fullStatusTruncation === 'drops-descriptors';
}

/** PERSISTENT RESERVE OUT, SPC-5 6.17. */
const persistentReserveOut = defineCommand({
  ...persistent,
  opcode: OPCODE.PERSISTENT_RESERVE_OUT,
  name: 'PERSISTENT RESERVE OUT',
  direction: 'out',
  report: { order: 41, usage: [0x5f, 0x1f, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    const { server, nexus, cdb } = command;
    const { reservations } = server;
    if (conflictsWithSpc2(command, reservations)) return;
    const parameters = command.transferLength === 0 ? NOTHING : (command.task.dataOut ?? NOTHING);
    const { persistent: state, rules, ports } = reservations;
    const undo = rules.unsavedChange === 'refused' ? state.checkpoint() : undefined;
    const { result, effects } = reserveOut(state, { nexus, cdb, parameters, rules, ports });
    const saved = result.kind === 'good' && parameters.length > 0 ? reservations.save() : undefined;
    if (saved === undefined) finish(command, result, effects);
    else void finishSaved(command, saved, effects, undo);
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

/** Lets a change be felt, and ends the command; after the commands that were aborted, if there are any. */
function finish(command: ActiveCommand, result: ReserveOutResult, effects: readonly ReserveOutEffect<Nexus>[]): void {
  const aborts = start(command, effects);
  if (aborts.length === 0) end(command, result);
  else void Promise.allSettled(aborts).then(() => { end(command, result); });
}

function start(command: ActiveCommand, effects: readonly ReserveOutEffect<Nexus>[]): Promise<void>[] {
  const aborts: Promise<void>[] = [];
  for (const effect of effects) {
    if (effect.kind === 'attention') effect.nexus.raise(effect.condition);
    else aborts.push(command.server.abortForPreemption(effect.nexus, command));
  }
  return aborts;
}

/**
 * GOOD means that APTPL's promise is kept. Where there is a way back, nobody is told of a change before it is saved, and one that
 * cannot be saved has not been; else it stands whatever comes of the save. No other command of the device runs meanwhile.
 */
async function finishSaved(command: ActiveCommand, saved: Promise<void>, effects: readonly ReserveOutEffect<Nexus>[], undo: (() => void) | undefined): Promise<void> {
  const aborts = undo === undefined ? start(command, effects) : [];
  const failure = await saved.then(() => undefined, (error: unknown) => ({ error }));
  if (failure !== undefined) warnUnsaved(command, failure.error);
  if (undo === undefined) {
    await Promise.allSettled(aborts);
    command.good();
  } else if (failure === undefined) {
    finish(command, { kind: 'good' }, effects);
  } else {
    undo();
    // The file may hold what was refused: its place on the disk may have failed after its name.
    await command.server.reservations.save()?.catch(() => undefined);
    command.fail(REGISTERS.has(command.serviceAction) ? SENSE_CONDITION.INSUFFICIENT_REGISTRATION_RESOURCES : SENSE_CONDITION.INSUFFICIENT_RESERVATION_RESOURCES);
  }
}

const ACTION = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;
const REGISTERS: ReadonlySet<number> = new Set([ACTION.REGISTER, ACTION.REGISTER_AND_IGNORE_EXISTING_KEY, ACTION.REGISTER_AND_MOVE]);

function warnUnsaved({ nexus }: ActiveCommand, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(`persistent reservations of device ${nexus.device.name} could not be saved: ${reason}`, { code: 'SCST_RESERVATIONS_NOT_SAVED' });
}

export const reservationCommands: readonly CommandRow[] = [reserve6, reserve10, release6, release10, persistentReserveIn, persistentReserveOut];
