import { OPCODE, readU16, readU8, SENSE_CONDITION, type SenseFormat } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand } from './command.js';
import { MODE_PAGE, PAGE_SAVEABLE } from './mode-pages.js';
import type { ControlParameters } from './mode-parameters.js';

/** PAGE FORMAT and SAVE PAGES, byte 1 of the CDB. */
const PF = 0x10;
const SP = 0x01;

const BLOCK_DESCRIPTOR_LENGTH = 8;
const CACHING_PAGE_LENGTH = 0x12;
const CONTROL_PAGE_LENGTH = 0x0a;

const common = {
  on: ['disk', 'cdrom'],
  direction: 'out',
  whileReserved: 'writes',
  alua: 'standby',
  exclusive: true,
  worksInactive: true,
} as const satisfies Partial<CommandRow>;

/** MODE SELECT (6) and (10), SPC-5 6.11 and 6.12; SPEC 7. */
export const modeSelect: readonly CommandRow[] = [
  defineCommand({
    ...common,
    opcode: OPCODE.MODE_SELECT_6,
    name: 'MODE SELECT (6)',
    length: { at: 4, bytes: 1 },
    report: { order: 5, usage: [0x15, 0x11, 0, 0, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      select(command, 4);
    },
  }),
  defineCommand({
    ...common,
    opcode: OPCODE.MODE_SELECT_10,
    name: 'MODE SELECT (10)',
    length: { at: 7, bytes: 2 },
    report: { order: 6, usage: [0x55, 0x11, 0, 0, 0, 0, 0, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      select(command, 8);
    },
  }),
];

/** What the list asks for. */
interface Changes {
  control?: ControlParameters;
  writeThrough?: boolean;
}

/** Where a field is wrong: in the parameter list unless it says CDB. */
class WrongField {
  constructor(
    readonly byte: number,
    readonly bit?: number,
    readonly inCdb = false,
    /** How it is told of, where that is settled before the changes are made. */
    readonly format?: SenseFormat,
  ) {}
}

function select(command: ActiveCommand, headerLength: 4 | 8): void {
  if (command.device.clusterMode) {
    command.fail(SENSE_CONDITION.INVALID_FIELD_IN_CDB);
    return;
  }
  const changes: Changes = {};
  const wrong = parse(command, headerLength, changes);
  if (wrong !== undefined && !command.rules.keepsPagesBeforeError) {
    refuse(command, wrong);
    return;
  }
  apply(command, changes)
    .then((applied) => {
      if (!applied) command.busy();
      else if (wrong !== undefined) refuse(command, wrong);
      else {
        command.server.raise(SENSE_CONDITION.MODE_PARAMETERS_CHANGED, command.nexus);
        command.good();
      }
    })
    .catch(() => {
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    });
}

function refuse(command: ActiveCommand, { byte, bit, inCdb, format }: WrongField): void {
  if (inCdb) command.invalidFieldInCdb(byte, bit);
  else command.invalidFieldInParameterList(byte, bit, format);
}

/** Collects what the pages ask for. The first wrong field is returned, with which the list ends, unless it is one of a control page that is read past. */
function parse(command: ActiveCommand, headerLength: 4 | 8, changes: Changes): WrongField | undefined {
  if (command.transferLength === 0) return undefined;
  const flags = readU8(command.cdb, 1);
  if ((flags & PF) === 0) return new WrongField(1, undefined, true);
  const list = command.dataOut;
  const descriptorLength = headerLength === 4 ? readU8(list, 3) : readU16(list, 6);
  if (descriptorLength !== 0 && descriptorLength !== BLOCK_DESCRIPTOR_LENGTH) return new WrongField(headerLength - 1);

  const { modePageAdvance, readsPastRefusedControlPage } = command.rules;
  let refused: WrongField | undefined;
  let offset = headerLength + descriptorLength;
  while (list.length > offset + 2) {
    const pageLength = readU8(list, offset + 1);
    if ((readU8(list, offset) & PAGE_SAVEABLE) !== 0) return refused ?? new WrongField(offset, 7);
    const code = readU8(list, offset) & 0x3f;
    if (code === MODE_PAGE.CACHING && command.device.kind !== 'cdrom') {
      if (pageLength !== CACHING_PAGE_LENGTH) return refused ?? new WrongField(offset + 1);
      if ((flags & SP) !== 0 && command.device.nvCache) return refused ?? new WrongField(1, 0, true);
      changes.writeThrough = (readU8(list, offset + 2) & 0x04) === 0;
      offset += pageLength + modePageAdvance.caching;
    } else if (code === MODE_PAGE.CONTROL) {
      if (pageLength !== CONTROL_PAGE_LENGTH) return refused ?? new WrongField(offset + 1);
      const control = parseControl(command, list, offset);
      if (!(control instanceof WrongField)) changes.control = control;
      else if (readsPastRefusedControlPage) refused ??= new WrongField(control.byte, control.bit, false, formatAfter(command, changes));
      else return control;
      offset += pageLength + modePageAdvance.control;
    } else {
      return refused ?? new WrongField(offset, 0);
    }
  }
  return refused;
}

/** The sense format that the changes so far lead to. */
function formatAfter(command: ActiveCommand, { control = command.server.modes.control }: Changes): SenseFormat {
  return control.descriptorSense ? 'descriptor' : 'fixed';
}

function parseControl(command: ActiveCommand, list: Uint8Array, at: number): ControlParameters | WrongField {
  const flags = readU8(list, at + 2);
  const queue = readU8(list, at + 3);
  if (flags >>> 5 !== command.server.taskSetType) return new WrongField(at + 2, 5);
  const queueAlgorithm = queue >>> 4;
  if (queueAlgorithm !== 0 && queueAlgorithm !== 1) return new WrongField(at + 3, 4);
  const queueError = (queue >>> 1) & 0x03;
  if (queueError === 2) return new WrongField(at + 3, 1);
  return {
    tmfOnly: (flags & 0x10) !== 0,
    dpicz: (flags & 0x08) !== 0,
    descriptorSense: (flags & 0x04) !== 0,
    queueAlgorithm,
    queueError: queueError === 0 ? 0 : queueError === 1 ? 1 : 3,
    softwareWriteProtect: (readU8(list, at + 4) & 0x08) !== 0,
    reportsAborted: (readU8(list, at + 5) & 0x40) !== 0,
  };
}

/** Takes the changes over and saves them when SP asks for it. False: they could not be saved, and everything is as it was. */
async function apply(command: ActiveCommand, changes: Changes): Promise<boolean> {
  const { modes } = command.server;
  const save = (readU8(command.cdb, 1) & SP) !== 0;
  const { control: oldControl, writeThrough: oldWriteThrough } = modes;
  const control = changes.control !== undefined && !sameControl(changes.control, oldControl) ? changes.control : undefined;
  const writeThrough = changes.writeThrough === oldWriteThrough ? undefined : changes.writeThrough;
  if (control === undefined && writeThrough === undefined) return true;
  if (control !== undefined) modes.control = control;
  if (writeThrough !== undefined) modes.setWriteThrough(writeThrough);
  try {
    if (save) await command.server.modesFile.save(modes);
  } catch {
    modes.control = oldControl;
    modes.setWriteThrough(oldWriteThrough);
    return false;
  }
  if (save && control !== undefined) modes.savedControl = { ...control };
  if (save && writeThrough !== undefined) modes.savedWriteThrough = modes.writeThrough;
  // What was written while the cache was on must not stay in it.
  if (writeThrough === true) await command.server.medium.flush();
  return true;
}

function sameControl(a: ControlParameters, b: ControlParameters): boolean {
  return (
    a.tmfOnly === b.tmfOnly &&
    a.dpicz === b.dpicz &&
    a.descriptorSense === b.descriptorSense &&
    a.queueAlgorithm === b.queueAlgorithm &&
    a.queueError === b.queueError &&
    a.softwareWriteProtect === b.softwareWriteProtect &&
    a.reportsAborted === b.reportsAborted
  );
}
